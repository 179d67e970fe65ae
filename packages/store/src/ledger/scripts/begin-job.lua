-- A worker takes a prepare, preflight or finalize job. Safe to repeat by the same holder.
-- args: runId, stage ('prepare' | 'preflight' | 'finalize'), try, node, boot
-- returns 'begun' | 'stale' | 'later' (this node generates load now, is switched off, is kept for a run that is ahead, or
--         is not one that the run asks for)
if args.stage == 'finalize' then heal() end -- what ends a run frees memory
local run = run_get(args.runId, 'state', 'try', 'desk', 'labels', 'seq')
if job_token(args) == run[3] then return 'begun' end
local state = job_states[args.stage]
if run[1] ~= state or tonumber(run[2]) ~= args.try or given(run[3]) then return 'stale' end
if redis.call('HEXISTS', key('doomed'), args.runId) == 1 then return 'stale' end
local node = redis.call('HMGET', key('node', args.node), 'slot', 'labels', 'enabled', 'draining')
if given(node[1]) then return 'later' end
if args.stage ~= 'finalize' then -- a report ends what has begun; all else begins something
  if node[3] == '0' or node[4] == '1' then return 'later' end
  local ahead = redis.call('HGET', key('summoned'), args.node)
  if ahead and tonumber(ahead) < tonumber(run[5]) then return 'later' end
end
if args.stage == 'preflight' and not labels_match(labels_of(node[2]), labels_of(run[4])) then return 'later' end

run_set(args.runId, 'desk', job_token(args))
redis.call('ZADD', key('jobs'), now + rules.leaseMs, args.runId)
redis.call('SADD', key('nodejobs', args.node), args.runId)
redis.call('ZREM', key('unreported'), args.runId)
redis.call('ZREM', key('preflights'), args.runId)
if args.stage == 'prepare' then set_state(args.runId, 'preparing') end
return 'begun'
