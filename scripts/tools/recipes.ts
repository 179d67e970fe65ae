/** How a tool of others gets into a folder of its own, as commands of a shell in that folder; `bin` is what goes on the PATH. */
export interface Recipe {
  readonly name: string;
  readonly program: string;
  readonly bin: string;
  /** Null where nothing but the system's own packages has it. */
  readonly install: string | null;
}

const go = (name: string, module: string): Recipe => ({
  name,
  program: name,
  bin: '.',
  install: `GOBIN="$PWD" go install ${module}`,
});

const JMETER = '5.6.3';

/** JMeter's ZIP is in no registry: its parts are put together as the ZIP has them. */
const jmeter = `cat > pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
${['ApacheJMeter', 'ApacheJMeter_core', 'ApacheJMeter_http', 'ApacheJMeter_components', 'ApacheJMeter_functions', 'ApacheJMeter_config'].map((artifact) => `<dependency><groupId>org.apache.jmeter</groupId><artifactId>${artifact}</artifactId><version>${JMETER}</version></dependency>`).join('\n')}
</dependencies></project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=lib
jar xf lib/ApacheJMeter_config-${JMETER}.jar
mkdir -p lib/ext lib/junit
mv lib/ApacheJMeter_core-* lib/ApacheJMeter_http-* lib/ApacheJMeter_components-* lib/ApacheJMeter_functions-* lib/ext/
mv lib/ApacheJMeter-${JMETER}.jar bin/ApacheJMeter.jar
cat > bin/jmeter <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")/.." && pwd)
exec java -Djmeter.home="$here" -Djava.awt.headless=true -jar "$here/bin/ApacheJMeter.jar" "$@"
END
chmod +x bin/jmeter`;

/** Every tool that tests want. */
export const recipes: readonly Recipe[] = [
  go('k6', 'go.k6.io/k6@v1.8.1'),
  go('vegeta', 'github.com/tsenart/vegeta/v12@v12.13.0'),
  go('hey', 'github.com/rakyll/hey@v0.1.5'),
  { name: 'oha', program: 'oha', bin: 'bin', install: 'cargo install oha@1.16.0 --locked --root "$PWD"' },
  {
    name: 'locust',
    program: 'locust',
    bin: 'bin',
    install: 'python3 -m venv . && bin/pip install -q locust==2.47.0',
  },
  {
    name: 'artillery',
    program: 'artillery',
    bin: 'node_modules/.bin',
    install: `echo '{"private":true}' > package.json && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund artillery@2.0.34`,
  },
  { name: 'jmeter', program: 'jmeter', bin: 'bin', install: jmeter },
  // Maven brings Gatling, and npm Playwright, into the projects of the tests themselves.
  { name: 'gatling', program: 'mvn', bin: '.', install: null },
  { name: 'playwright', program: 'chromium', bin: '.', install: null },
  { name: 'wrk', program: 'wrk', bin: '.', install: null },
];
