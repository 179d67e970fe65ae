-- Who prepares, tries or finalizes hands its lease back unharmed, or acknowledges a cancel.
-- args: lease
-- returns 1, or 0 when the lease is lost
heal()
if not job_is_valid(args.lease) then return 0 end
local id = args.lease.runId
leave_job(id)
if run_get(id, 'state')[1] == 'cancelling' then
  finish(id, 'cancelled')
else
  if args.lease.stage == 'prepare' then set_state(id, 'queued') end
  if args.lease.stage == 'finalize' then redis.call('ZADD', key('unreported'), now, id) end
  next_try(id, args.lease.stage)
end
return 1
