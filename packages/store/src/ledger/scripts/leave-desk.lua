-- A preparer or finalizer hands its hold back unharmed, or acknowledges a cancel.
-- args: hold
-- returns 1, or 0 when the hold is lost
heal()
if not desk_is_held(args.hold) then return 0 end
local id = args.hold.runId
leave_desk(id)
if run_get(id, 'state')[1] == 'cancelling' then
  finish(id, 'cancelled')
else
  if args.hold.stage == 'prepare' then set_state(id, 'queued') end
  if args.hold.stage == 'finalize' then redis.call('ZADD', key('unreported'), now, id) end
  next_try(id, args.hold.stage)
end
return 1
