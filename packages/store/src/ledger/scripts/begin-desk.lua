-- A worker takes a prepare or finalize job. Safe to repeat by the same holder.
-- args: runId, stage ('prepare' | 'finalize'), try, node, boot
-- returns 'held' | 'stale' | 'later' (this node generates load now)
if args.stage == 'finalize' then heal() end -- what ends a run frees memory
local run = run_get(args.runId, 'state', 'try', 'desk')
if desk_token(args) == run[3] then return 'held' end
local state = args.stage == 'prepare' and 'queued' or 'reporting'
if run[1] ~= state or tonumber(run[2]) ~= args.try or given(run[3]) then return 'stale' end
if redis.call('HEXISTS', key('doomed'), args.runId) == 1 then return 'stale' end
if given(redis.call('HGET', key('node', args.node), 'slot')) then return 'later' end

run_set(args.runId, 'desk', desk_token(args))
redis.call('ZADD', key('desk'), now + rules.leaseMs, args.runId)
redis.call('SADD', key('nodedesk', args.node), args.runId)
redis.call('ZREM', key('unreported'), args.runId)
if args.stage == 'prepare' then set_state(args.runId, 'preparing') end
return 'held'
