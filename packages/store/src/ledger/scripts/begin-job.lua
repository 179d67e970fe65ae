-- A worker takes a prepare, preflight or finalize job. Safe to repeat by the same holder.
local lease = args.lease
local id, stage = lease.runId, lease.stage
if stage == 'finalize' then heal() end -- what ends a run frees memory
local run = fields(key('run', id), 'state', 'try', 'desk', 'labels', 'seq')
if run.desk == job_token(lease) then return 'begun' end
if run.desk or run.state ~= job_states[stage] or tonumber(run.try) ~= lease.try then return 'stale' end
if redis.call('HEXISTS', key('doomed'), id) == 1 then return 'stale' end
local node = fields(key('node', lease.node), 'slot', 'labels', 'enabled', 'draining')
if node.slot then return 'later' end
if stage ~= 'finalize' then -- a report ends what has begun; all else begins something
  if node.enabled == '0' or node.draining == '1' then return 'later' end
  local ahead = redis.call('HGET', key('summoned'), lease.node)
  if ahead and tonumber(ahead) < tonumber(run.seq) then return 'later' end
end
if stage == 'preflight' and not labels_match(decoded(node.labels), decoded(run.labels)) then return 'later' end

run_set(id, 'desk', job_token(lease))
redis.call('ZADD', key('jobs'), now + rules.leaseMs, id)
redis.call('SADD', key('nodejobs', lease.node), id)
redis.call('ZREM', key('unreported'), id)
redis.call('ZREM', key('preflights'), id)
if stage == 'prepare' then set_state(id, 'preparing') end
return 'begun'
