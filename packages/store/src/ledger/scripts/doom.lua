-- Ends a run that the ledger gave up, with the words for it.
heal()
if redis.call('HDEL', key('doomed'), args.id) == 0 then return 0 end
run_set(args.id, 'reason', args.reason, 'reasonCode', args.reasonCode)
finish(args.id, 'error')
return 1
