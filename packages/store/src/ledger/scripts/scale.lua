-- What whoever starts nodes needs to know: who is there, and who waits, the first in line first. Changes nothing.
local GROUPS, BLOCKED, RUNS = 500, 100, 50 -- groups that are looked at, groups for each reason, runs of a group
local nodes, line, waiting = {}, {}, {}
local preparers = 0

for _, name in ipairs(redis.call('SMEMBERS', key('nodes'))) do
  local node = fields(key('node', name), 'labels', 'lease', 'enabled', 'draining', 'slot', 'load', 'desk')
  if tonumber(node.lease) > now then
    local is_busy = node.slot ~= nil or redis.call('SCARD', key('nodejobs', name)) > 0
    local is_on = node.enabled == '1' and node.draining == '0'
    if node.desk == '1' and node.draining == '0' and not node.slot then preparers = preparers + 1 end
    nodes[#nodes + 1] = { labels = node.labels or '', state = is_busy and 'busy' or is_on and 'idle' or 'draining', load = node.load == '1' }
  end
end

local function count(demands, many, since)
  for _, demand in ipairs(demands) do
    local of = waiting[demand.labels] or { labels = demand.labels, runs = 0, since = since }
    of.runs, of.since = of.runs + many, math.min(of.since, since)
    waiting[demand.labels] = of
  end
end

-- What stands in the way of a run for now, beside those that wait too: how many of its submitter have nodes, and its targets.
local function read(id, is_preflight)
  local run = fields(key('run', id), 'seq', 'submitter', 'lockTarget', 'shared', 'nodes', 'labels', 'locations', 'submittedAt')
  local locked = {}
  for _, target in ipairs(targets_of(run.lockTarget)) do
    for _, other in ipairs(redis.call('HVALS', key('target', target))) do
      if locked[target] ~= 'alone' then locked[target] = other == '1' and 'shared' or 'alone' end
    end
  end
  local demands = demands_of(run)
  if is_preflight then demands = { { nodes = 1, labels = demands[1].labels } } end
  return { seq = tonumber(run.seq), demands = demands, since = tonumber(run.submittedAt),
    submitter = run.submitter, running = redis.call('SCARD', key('submitter', run.submitter)),
    targets = run.lockTarget or '', shared = run.shared == '1', locked = next(locked) and locked or nil }
end

local function add(id, is_preflight)
  local run = read(id, is_preflight)
  line[#line + 1] = run
  return run
end

for _, group in ipairs(redis.call('ZRANGE', key('groups'), 0, GROUPS - 1)) do
  local first
  for _, id in ipairs(redis.call('ZRANGE', key('group', group), 0, RUNS - 1)) do
    local run = add(id, false)
    first = first or run
  end
  if first then count(first.demands, redis.call('ZCARD', key('group', group)), first.since) end
end
for _, reason in ipairs(redis.call('SMEMBERS', key('blockers'))) do
  for _, group in ipairs(redis.call('ZRANGE', key('blocked', reason), 0, BLOCKED - 1)) do
    local id = redis.call('ZRANGE', key('group', group), 0, 0)[1]
    local run = id and fields(key('run', id), 'nodes', 'labels', 'locations', 'submittedAt')
    if run then count(demands_of(run), redis.call('ZCARD', key('group', group)), tonumber(run.submittedAt)) end
  end
end
for _, id in ipairs(redis.call('ZRANGE', key('unmet'), 0, GROUPS - 1)) do
  local run = add(id, false)
  count(run.demands, 1, run.since)
end
for _, id in ipairs(redis.call('ZRANGE', key('preflights'), 0, GROUPS - 1)) do
  local run = add(id, true)
  count(run.demands, 1, run.since)
end

-- Somebody has to prepare or to report, and nobody is there who could.
local preparing = 0
if preparers == 0 then
  preparing = redis.call('ZCARD', key('unreported'))
  for _, id in ipairs(redis.call('ZRANGE', key('state', 'queued'), 0, GROUPS - 1)) do
    local run = fields(key('run', id), 'notBefore', 'submittedAt')
    if tonumber(run.notBefore or 0) <= now then
      preparing = preparing + 1
      count({ { labels = '' } }, 1, tonumber(run.submittedAt))
    end
  end
end

local counts = {}
for _, of in pairs(waiting) do counts[#counts + 1] = of end
return cjson.encode({ now = now, paused = redis.call('EXISTS', key('paused')) == 1, preparers = preparers, preparing = preparing,
  nodes = nodes, line = line, waiting = counts })
