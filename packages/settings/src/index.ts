export { ConfigError, Environment } from './environment.ts';
export { readServerSettings, type ServerSettings } from './server-settings.ts';
