// npm run test:faults [-- PATH… --node-option…]: kills, freezes and starves a whole Marteau, each blow many times.
// `npm test` and `npm run test:long` have the short form of it. This one takes half an hour and more.
process.env.MARTEAU_FAULTS = 'long';
if (!process.argv.slice(2).some((argument) => !argument.startsWith('-'))) process.argv.push('tests/faults');
await import('./test.ts');
