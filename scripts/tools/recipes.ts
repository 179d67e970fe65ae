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
  install: `GOBIN="$PWD" go install ${module}@latest`,
});

const JMETER = '5.6.3';

/** JMeter's ZIP is in no registry: its parts are put together as the ZIP has them. */
const jmeter = `cat > pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>
${['ApacheJMeter', 'ApacheJMeter_core', 'ApacheJMeter_http', 'ApacheJMeter_components', 'ApacheJMeter_functions', 'ApacheJMeter_config'].map((artifact) => `<dependency><groupId>org.apache.jmeter</groupId><artifactId>${artifact}</artifactId><version>${JMETER}</version></dependency>`).join('\n')}
</dependencies></project>
END
mvn -B -q dependency:copy-dependencies -DoutputDirectory=deps
mkdir -p home/lib/ext home/lib/junit bin
(cd home && jar xf ../deps/ApacheJMeter_config-${JMETER}.jar)
cp deps/*.jar home/lib/
mv home/lib/ApacheJMeter_core-* home/lib/ApacheJMeter_http-* home/lib/ApacheJMeter_components-* home/lib/ApacheJMeter_functions-* home/lib/ext/
cp deps/ApacheJMeter-${JMETER}.jar home/bin/ApacheJMeter.jar
cat > bin/jmeter <<'END'
#!/bin/sh
here=$(cd "$(dirname "$0")/../home" && pwd)
exec java -Djmeter.home="$here" -Djava.awt.headless=true -jar "$here/bin/ApacheJMeter.jar" "$@"
END
chmod +x bin/jmeter`;

/** Every tool that tests want. */
export const recipes: readonly Recipe[] = [
  go('k6', 'go.k6.io/k6'),
  go('vegeta', 'github.com/tsenart/vegeta/v12'),
  go('hey', 'github.com/rakyll/hey'),
  { name: 'oha', program: 'oha', bin: 'bin', install: 'cargo install oha --locked --root "$PWD"' },
  {
    name: 'locust',
    program: 'locust',
    bin: 'bin',
    install: 'python3 -m venv . && bin/pip install -q locust',
  },
  {
    name: 'artillery',
    program: 'artillery',
    bin: 'node_modules/.bin',
    install: `echo '{"private":true}' > package.json && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-audit --no-fund artillery`,
  },
  { name: 'jmeter', program: 'jmeter', bin: 'bin', install: jmeter },
  { name: 'gatling', program: 'mvn', bin: '.', install: null },
  { name: 'wrk', program: 'wrk', bin: '.', install: null },
];
