export { proxyEnvironment } from './environment/proxy-environment.ts';
export { type TrustFiles, writeTrustFiles } from './environment/trust-files.ts';
export { type PlayedTape, type RecproxyOptions, recproxy } from './recproxy/recproxy.ts';
export { taped } from './recproxy/taped.ts';
export { type Counts, type Mode, modes, type StandInEvent, type StandInOptions } from './standin/options.ts';
export { type StandIn, startStandIn } from './standin/stand-in.ts';
export { type StubAnswer, type StubCall, type StubServer, startStub } from './stub/stub-server.ts';
