-- Who prepares, tries or finalizes hands its lease back unharmed, or acknowledges a cancel.
heal()
if not job_is_valid(args.lease) then return 0 end
local id, stage = args.lease.runId, args.lease.stage
leave_job(id)
if field(key('run', id), 'state') == 'cancelling' then
  finish(id, 'cancelled')
else
  if stage == 'prepare' then set_state(id, 'queued') end
  if stage == 'finalize' then redis.call('ZADD', key('unreported'), now, id) end
  next_try(stage, id)
end
return 1
