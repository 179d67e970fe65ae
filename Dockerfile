# The command line as a package, which the web offers: packing needs the compiler, and the image shall not have it.
FROM node:24.21.0-trixie-slim AS command
WORKDIR /marteau
COPY . .
RUN npm install --no-save --ignore-scripts && node scripts/pack/pack.ts marteau.tgz

FROM node:24.21.0-trixie-slim

# git for the projects; util-linux, perl and bubblewrap for what contains them.
RUN apt-get update \
 && apt-get install -y --no-install-recommends git ca-certificates util-linux perl-base bubblewrap \
 && rm -rf /var/lib/apt/lists/*

WORKDIR /marteau
COPY . .
COPY --from=command /marteau/marteau.tgz .
# Not `npm ci`, for the reason in scripts/setup/npm-packages.mjs. The image has its Node already.
RUN npm install --no-save --omit=dev --ignore-scripts -w apps/web -w apps/worker && mkdir -p /data/trees /data/npm-cache /work && chown -R node:node /data /work

# What is in it, for whoever asks (CycloneDX): the packages of npm. Those of Debian are told by `dpkg-query -W`.
RUN node scripts/pack/bill-of-materials.ts sbom.cdx.json

USER node
ENV NODE_ENV=production MARTEAU_DATA=/data
VOLUME /data
CMD ["node", "apps/web/src/server.ts"]
