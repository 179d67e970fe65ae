/**
 * The environment with which a program sends all it asks through a forward proxy and trusts its certificates: curl, Node
 * (from 24 on), Python, Ruby, Go and most others.
 */
export function proxyEnvironment(
  url: string,
  trust: { cert: string; bundle: string } | null,
): Record<string, string> {
  return {
    HTTP_PROXY: url,
    http_proxy: url,
    HTTPS_PROXY: url,
    https_proxy: url,
    NO_PROXY: '',
    no_proxy: '',
    NODE_USE_ENV_PROXY: '1',
    ...(trust === null
      ? {}
      : {
          NODE_EXTRA_CA_CERTS: trust.cert,
          SSL_CERT_FILE: trust.bundle,
          REQUESTS_CA_BUNDLE: trust.bundle,
          CURL_CA_BUNDLE: trust.bundle,
        }),
  };
}
