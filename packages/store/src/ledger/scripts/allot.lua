-- Gives nodes to waiting runs: to each all at once or none, in strict order among those that nothing blocks.
-- A run that waits for nodes keeps every free node it could use from those behind it; it has none itself.
-- args: unreportedMs (how long nodes are left free for a report that nobody begins)
-- returns the runs that got nodes
heal()
redis.call('DEL', key('summoned'))
local SUMMONED_MS = 5000 -- should nobody allot any more
local GROUPS = 200 -- how many groups one script looks at; the rest follows with the next round
local allotted = {}
if redis.call('EXISTS', key('paused')) == 1 then return allotted end
for _, reason in ipairs(redis.call('SRANDMEMBER', key('waking'), 10)) do wake(reason) end
if redis.call('ZCARD', key('groups')) == 0 then return allotted end

-- Free nodes: those that do nothing but load first. As long as reports wait for a worker, as many nodes that could
-- make them are left free; a report takes seconds, and nobody reads an hour's run an hour late.
local nodes, alive, preparers = {}, {}, 0
for _, name in ipairs(redis.call('SMEMBERS', key('nodes'))) do
  local node = redis.call('HMGET', key('node', name), 'labels', 'lease', 'enabled', 'draining', 'slot', 'load', 'desk')
  if tonumber(node[2]) > now and node[4] == '0' then
    local has_job = redis.call('SCARD', key('nodejobs', name)) > 0
    local idle = not given(node[5]) and not has_job
    if node[6] == '1' and node[3] == '1' then
      local entry = { name = name, labels = labels_of(node[1]), prepares = node[7] == '1', slot = given(node[5]) }
      alive[#alive + 1] = entry
      if idle then nodes[#nodes + 1] = entry end
    end
    if idle and node[7] == '1' and node[6] ~= '1' then preparers = preparers + 1 end
  end
end
local unreported = redis.call('ZCOUNT', key('unreported'), now - args.unreportedMs, '+inf')
local kept = math.max(0, unreported - preparers)
table.sort(nodes, function(a, b)
  if a.prepares ~= b.prepares then return b.prepares end
  return a.name < b.name
end)
while kept > 0 and #nodes > 0 and nodes[#nodes].prepares do
  table.remove(nodes)
  kept = kept - 1
end

-- Runs whose attempt is being taken back: they keep their place, so nobody behind them gets what they could use.
local returning = {}
local places = redis.call('ZRANGE', key('returning'), 0, -1, 'WITHSCORES')
for i = 1, #places, 2 do
  returning[#returning + 1] = { seq = tonumber(places[i + 1]), labels = labels_of(run_get(places[i], 'labels')[1]) }
end

-- Runs that wait for their preflight: those behind them leave each one node for it, or a full line would never let it be.
local preflights = #nodes > 0 and redis.call('ZRANGE', key('preflights'), 0, #nodes - 1, 'WITHSCORES') or {}
for i = 1, #preflights, 2 do
  local wanted = labels_of(run_get(preflights[i], 'labels')[1])
  for _, node in ipairs(nodes) do
    if not node.preflight and labels_match(node.labels, wanted) then
      node.preflight = tonumber(preflights[i + 1])
      break
    end
  end
end

local function is_kept(node, seq)
  if node.preflight and node.preflight < seq then return true end
  for _, run in ipairs(returning) do
    if run.seq < seq and labels_match(node.labels, run.labels) then return true end
  end
  return node.taken
end

local function matching(wanted, seq)
  local found = {}
  for _, node in ipairs(nodes) do
    if labels_match(node.labels, wanted) and not is_kept(node, seq) then found[#found + 1] = node end
  end
  return found
end

-- Why this run may not start now although there may be nodes; nil when nothing blocks it.
local function blocked_by(id, seq, submitter, targets, shared)
  if given(rules.perSubmitter) and redis.call('SCARD', key('submitter', submitter)) >= rules.perSubmitter then
    return submitter_reason(submitter)
  end
  for _, target in ipairs(targets_of(targets)) do
    local others = redis.call('HVALS', key('target', target))
    for _, other in ipairs(others) do
      if other ~= '1' or shared ~= '1' then return target_reason(target) end
    end
    if #others > 0 then
      -- it could share the target, but not overtake one that waits to have it alone
      local first = redis.call('ZRANGE', key('blocked', target_reason(target)), 0, 0, 'WITHSCORES')
      if first[1] and tonumber(first[2]) < seq then return target_reason(target) end
    end
  end
  return nil
end

local function start(id, demand, found, submitter, targets, shared, app)
  local attempt = redis.call('HINCRBY', key('run', id), 'attempt', 1)
  local names = {}
  leave_group(id)
  redis.call('ZREM', key('queue'), id)
  redis.call('DEL', key('ready', id), key('done', id))
  for share = 0, demand - 1 do
    local node = found[share + 1]
    node.taken = true
    names[share + 1] = node.name
    local duty = app == '1' and share == demand - 1 and 'app' or 'load'
    redis.call('HSET', key('node', node.name), 'slot', id .. '/' .. attempt, 'share', share, 'duty', duty)
    owe('node-' .. node.name, 'share', 'share-' .. id .. '-' .. attempt .. '-' .. share,
      { runId = id, attempt = attempt, share = share, of = demand })
  end
  redis.call('SADD', key('submitter', submitter), id)
  for _, target in ipairs(targets_of(targets)) do redis.call('HSET', key('target', target), id, shared) end
  redis.call('ZADD', key('barrier'), now + rules.barrierMs, id)
  run_set(id, 'slots', cjson.encode(names), 'roundTrip', 0, 'startAt', '', 'unmetSince', '')
  set_state(id, 'running')
  allotted[#allotted + 1] = id
end

-- Enough nodes would be free but for their jobs: they begin none for runs behind this one, or it would find one of them
-- at a job for ever.
local function summon(wanted, seq, demand)
  local near = {}
  for _, node in ipairs(alive) do
    if not node.slot and labels_match(node.labels, wanted) and not is_kept(node, seq) then near[#near + 1] = node end
  end
  if #near < demand then return end
  for _, node in ipairs(near) do redis.call('HSETNX', key('summoned'), node.name, seq) end
  redis.call('PEXPIRE', key('summoned'), SUMMONED_MS)
end

-- More nodes are wanted than are alive. True when the run is put aside, so that others pass.
local function put_aside(id, since)
  if not given(since) then
    since = working_time()
    run_set(id, 'unmetSince', since)
  end
  if working_time() - since < math.min(rules.overtakeMs, rules.unmetMs) then return false end
  leave_group(id)
  redis.call('ZADD', key('unmet'), since, id)
  return true
end

local at = 0
for _ = 1, GROUPS do
  local group = redis.call('ZRANGE', key('groups'), at, at)[1]
  if not group then break end
  local id = redis.call('ZRANGE', key('group', group), 0, 0)[1]
  local run = run_get(id, 'seq', 'submitter', 'lockTarget', 'shared', 'nodes', 'labels', 'unmetSince', 'appNode')
  local demand, wanted = tonumber(run[5]), labels_of(run[6])
  local reason = blocked_by(id, tonumber(run[1]), run[2], run[3], run[4])
  if reason then
    block_group(group, reason)
  else
    local found = matching(wanted, tonumber(run[1]))
    if #found >= demand then
      start(id, demand, found, run[2], run[3], run[4], run[8])
    else
      local alive_count = 0
      for _, node in ipairs(alive) do
        if labels_match(node.labels, wanted) then alive_count = alive_count + 1 end
      end
      if alive_count >= demand and given(run[7]) then run_set(id, 'unmetSince', '') end
      local aside = alive_count < demand and put_aside(id, tonumber(run[7]))
      if not aside then
        summon(wanted, tonumber(run[1]), demand)
        for _, node in ipairs(found) do node.taken = true end
        at = at + 1
      end
    end
  end
  if at > 0 and #matching({}, tonumber(run[1])) == 0 then break end
end
return allotted
