-- Gives nodes to waiting runs: to each all at once or none, in strict order among those that nothing blocks.
-- A run that waits for nodes keeps every free node it could use from those behind it; it has none itself.
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
  local node = fields(key('node', name), 'labels', 'lease', 'enabled', 'draining', 'slot', 'load', 'desk')
  if tonumber(node.lease) > now and node.draining == '0' then
    local idle = not node.slot and redis.call('SCARD', key('nodejobs', name)) == 0
    local prepares = node.desk == '1'
    if node.load == '1' and node.enabled == '1' then
      local entry = { name = name, labels = decoded(node.labels), prepares = prepares, slot = node.slot }
      alive[#alive + 1] = entry
      if idle then nodes[#nodes + 1] = entry end
    end
    if idle and prepares and node.load ~= '1' then preparers = preparers + 1 end
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
  returning[#returning + 1] = { seq = tonumber(places[i + 1]), labels = decoded(field(key('run', places[i]), 'labels')) }
end

-- Runs that wait for their preflight: those behind them leave each one node for it, or a full line would never let it be.
local preflights = #nodes > 0 and redis.call('ZRANGE', key('preflights'), 0, #nodes - 1, 'WITHSCORES') or {}
for i = 1, #preflights, 2 do
  local wanted = decoded(field(key('run', preflights[i]), 'labels'))
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

-- The nodes that a run shall have, by name, where all of them are there; nil where any will do.
local function bound_to(run)
  if #run.onNodes ~= run.nodes then return nil end
  local bound, there = {}, 0
  for _, name in ipairs(run.onNodes) do bound[name] = true end
  for _, node in ipairs(alive) do
    if bound[node.name] and labels_match(node.labels, run.labels) then there = there + 1 end
  end
  return there == run.nodes and bound or nil
end

local function matching(wanted, seq, bound)
  local found = {}
  for _, node in ipairs(nodes) do
    if labels_match(node.labels, wanted) and not is_kept(node, seq) and (not bound or bound[node.name]) then
      found[#found + 1] = node
    end
  end
  return found
end

-- Why this run may not start now although there may be nodes; nil when nothing blocks it.
local function blocked_by(run)
  if given(rules.perSubmitter) and redis.call('SCARD', key('submitter', run.submitter)) >= rules.perSubmitter then
    return submitter_reason(run.submitter)
  end
  for _, target in ipairs(targets_of(run.lockTarget)) do
    local others = redis.call('HVALS', key('target', target))
    for _, other in ipairs(others) do
      if other ~= '1' or run.shared ~= '1' then return target_reason(target) end
    end
    if #others > 0 then
      -- it could share the target, but not overtake one that waits to have it alone
      local first = redis.call('ZRANGE', key('blocked', target_reason(target)), 0, 0, 'WITHSCORES')
      if first[1] and tonumber(first[2]) < run.seq then return target_reason(target) end
    end
  end
  return nil
end

local function start(id, run, found)
  local attempt = redis.call('HINCRBY', key('run', id), 'attempt', 1)
  local names = {}
  leave_group(id)
  redis.call('ZREM', key('queue'), id)
  redis.call('DEL', key('ready', id), key('done', id))
  for share = 0, run.nodes - 1 do
    local node = found[share + 1]
    node.taken = true
    names[share + 1] = node.name
    local duty = run.appNode == '1' and share == run.nodes - 1 and 'app' or 'load'
    redis.call('HSET', key('node', node.name), 'slot', slot_token(id, attempt), 'share', share, 'duty', duty)
    owe('node-' .. node.name, 'share', 'share-' .. id .. '-' .. attempt .. '-' .. share,
      { runId = id, attempt = attempt, share = share, of = run.nodes })
  end
  redis.call('SADD', key('submitter', run.submitter), id)
  for _, target in ipairs(targets_of(run.lockTarget)) do redis.call('HSET', key('target', target), id, run.shared) end
  redis.call('ZADD', key('barrier'), now + rules.barrierMs, id)
  run_set(id, 'slots', cjson.encode(names), 'roundTrip', 0, 'startAt', '', 'unmetSince', '')
  set_state(id, 'running')
  allotted[#allotted + 1] = id
end

-- Enough nodes would be free but for their jobs: they begin none for runs behind this one, or it would find one of them
-- at a job for ever.
local function summon(run)
  local near = {}
  for _, node in ipairs(alive) do
    if not node.slot and labels_match(node.labels, run.labels) and not is_kept(node, run.seq)
      and (not run.bound or run.bound[node.name]) then near[#near + 1] = node end
  end
  local called, is_whole = assign(run.demands, near)
  if not is_whole then return end
  for _, node in ipairs(#run.demands > 1 and called or near) do redis.call('HSETNX', key('summoned'), node.name, run.seq) end
  redis.call('PEXPIRE', key('summoned'), SUMMONED_MS)
end

-- More nodes are wanted than are alive. True when the run is put aside, so that others pass. One for which nodes are
-- started keeps its place longer, and anew with each that came, or smaller runs would take them one by one.
local function put_aside(id, run, alive_count)
  local is_started = given(rules.nodesMax) and run.nodes <= rules.nodesMax
  local since = run.unmetSince
  if not since or (is_started and alive_count > run.unmetMost) then
    since = working_time()
    run_set(id, 'unmetSince', since, 'unmetMost', alive_count)
  end
  local patience = is_started and rules.startingMs or rules.overtakeMs
  if working_time() - since < math.min(patience, rules.unmetMs) then return false end
  leave_group(id)
  redis.call('ZADD', key('unmet'), since, id)
  return true
end

local function read_run(id)
  local run = fields(key('run', id), 'seq', 'submitter', 'lockTarget', 'shared', 'nodes', 'labels', 'locations', 'unmetSince', 'unmetMost', 'appNode', 'onNodes')
  run.demands = demands_of(run)
  run.onNodes = decoded(run.onNodes)
  run.seq, run.nodes, run.labels = tonumber(run.seq), tonumber(run.nodes), decoded(run.labels)
  run.unmetSince, run.unmetMost = run.unmetSince and tonumber(run.unmetSince), tonumber(run.unmetMost or 0)
  return run
end

local at = 0
for _ = 1, GROUPS do
  local group = redis.call('ZRANGE', key('groups'), at, at)[1]
  if not group then break end
  local id = redis.call('ZRANGE', key('group', group), 0, 0)[1]
  local run = read_run(id)
  local reason = blocked_by(run)
  if reason then
    block_group(group, reason)
  else
    run.bound = bound_to(run)
    local found, is_whole = assign(run.demands, matching(run.labels, run.seq, run.bound))
    if is_whole then
      start(id, run, found)
    else
      local alive_count = #assign(run.demands, alive)
      if alive_count >= run.nodes and run.unmetSince then run_set(id, 'unmetSince', '') end
      local aside = alive_count < run.nodes and put_aside(id, run, alive_count)
      if not aside then
        summon(run)
        for _, node in ipairs(#run.demands > 1 and found or matching(run.labels, run.seq, run.bound)) do node.taken = true end
        at = at + 1
      end
    end
  end
  if at > 0 and #matching({}, run.seq) == 0 then break end
end
return allotted
