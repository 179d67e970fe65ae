-- Looks after the dead: nodes, preparers and finalizers that are silent, attempts that never started, demands that
-- nobody can meet.
heal()
speak()
local found = {}
local dead = dead_before()

for _, name in ipairs(redis.call('SMEMBERS', key('nodes'))) do
  local node = fields(key('node', name), 'lease', 'gone')
  if tonumber(node.lease) <= dead and node.gone ~= '1' then
    redis.call('HSET', key('node', name), 'gone', '1')
    lose_node(name, 'node ' .. name .. ' did not answer any more')
    found[#found + 1] = 'node ' .. name .. ' is dead'
  end
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('jobs'), '-inf', dead, 'LIMIT', 0, 100)) do
  local run = fields(key('run', id), 'state', 'desk')
  local stage = read_job_token(run.desk).stage
  found[#found + 1] = stage .. ' of ' .. id .. ' died'
  leave_job(id)
  if run.state == 'cancelling' then
    finish(id, 'cancelled')
  else
    local deaths = redis.call('HINCRBY', key('run', id), 'deaths', 1)
    if stage == 'prepare' then set_state(id, 'queued') end
    if deaths >= rules.maxTries then
      doom(id, { code = stage .. '-died', params = { tries = deaths } })
    else
      if stage == 'finalize' then redis.call('ZADD', key('unreported'), now, id) end
      next_try(stage, id)
    end
  end
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('barrier'), '-inf', now, 'LIMIT', 0, 100)) do
  redis.call('ZREM', key('barrier'), id)
  abort(id, 'requeue', 'not all nodes were ready in time')
  found[#found + 1] = 'attempt of ' .. id .. ' was not ready in time'
  settle(id)
end

if redis.call('EXISTS', key('paused')) == 1 then return found end

local function give_up(id)
  local run = fields(key('run', id), 'nodes', 'labels', 'locations', 'appNode')
  local scarce = scarcest(demands_of(run), 'load')
  local params = { wanted = scarce.demand.nodes, have = scarce.count.alive, labels = scarce.demand.labels,
    minutes = rules.unmetMs / 60000, app = run.appNode == '1' }
  doom(id, { code = 'nodes-missing', params = params })
end

local too_long = working_time() - rules.unmetMs
for _, id in ipairs(redis.call('ZRANGEBYSCORE', key('unmet'), '-inf', too_long, 'LIMIT', 0, 100)) do
  redis.call('ZREM', key('unmet'), id)
  give_up(id)
end

-- No node is there that could even try the script.
local alive = {}
for _, id in ipairs(redis.call('ZRANGE', key('preflights'), 0, 99)) do
  local run = fields(key('run', id), 'labels', 'unmetSince')
  local labels = run.labels or ''
  alive[labels] = alive[labels] or count_nodes(labels, 'load').alive
  if alive[labels] > 0 then
    if run.unmetSince then run_set(id, 'unmetSince', '') end
  elseif not run.unmetSince then
    run_set(id, 'unmetSince', working_time())
  elseif tonumber(run.unmetSince) <= too_long then
    redis.call('ZREM', key('preflights'), id)
    give_up(id)
  end
end

return found
