/** What a script gets from `import … from 'marteau'`, and what `node --import marteau --test` sets up. */
export * from '@marteau/load/by-hand';
