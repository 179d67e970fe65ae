-- Shared by all scripts of the ledger; put before each of them.
--
-- Every transition of a run is one script, so it happens whole or not at all. Redis's clock is the only clock.
-- ARGV[1] is always a JSON object, `args`; what it holds stands at the head of each script. `args.rules` is always
-- there: the LedgerRules (ledger/rules.ts). Keys are built from names that the scripts find on their way, so KEYS stays
-- empty: one Redis, with replicas or not, no cluster.
--
--   a run:   queued ─▶ preparing ─▶ waiting ─▶ running ─▶ reporting ─▶ finished
--   a slot:  node.slot = 'run/attempt' is the fencing token of a share; run.desk = 'prepare/try/node/boot' that of
--            a preparer, of a node that does its preflight, or of a finalizer
--   a group: the waiting runs of one submitter, target and set of labels: blocked together or not at all, so that
--            nodes are allotted without looking at every run

local args = cjson.decode(ARGV[1])
local rules = args.rules
local clock = redis.call('TIME')
local now = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)

-- Keys whose name in Redis is older than the word for what they hold; see redis/keys.ts.
local older = { groups = 'lanes', group = 'lane', groupplace = 'laneplace', blocked = 'held', blockers = 'holders',
  preflights = 'untried', jobs = 'desk', nodejobs = 'nodedesk' }

local function key(kind, id)
  kind = older[kind] or kind
  if id == nil then return 'marteau:1:' .. kind end
  return 'marteau:1:' .. kind .. ':' .. id
end

-- Redis that is out of memory refuses a script at its first command that may grow the memory, and none after a
-- first write. What frees or keeps alive begins with a write that cannot grow, and so works also then.
local function heal() redis.call('DEL', key('nothing')) end

local function given(value) return value and value ~= '' and value ~= cjson.null end

-- --- leases ---

local SILENCE = 3000 -- ms without a word of any worker: Redis or all of them were away

-- A worker speaks, by a heartbeat or by looking after the ledger. While nobody could, no lease runs: those that stood
-- then end so much later as the silence was long (see dead_before). The silence of one worker is no such time.
local function speak()
  local last = tonumber(redis.call('GET', key('heard')) or now)
  redis.call('SET', key('heard'), now)
  local silent = now - last > SILENCE
  if silent or redis.call('EXISTS', key('paused')) == 1 then redis.call('INCRBY', key('standstill'), math.max(0, now - last)) end
  if not silent then return end
  local before = tonumber(redis.call('GET', key('silence')) or 0)
  redis.call('SET', key('silence'), before + now - last, 'PX', rules.leaseMs)
end

-- A clock that stands still while nobody could work. By it is counted how long a run wants nodes that are not there: a
-- night without workers, or an upgrade while the queue is paused, is no time in which they were missing.
local function working_time() return now - tonumber(redis.call('GET', key('standstill')) or 0) end

-- Whose lease ended by then is dead.
local function dead_before() return now - tonumber(redis.call('GET', key('silence')) or 0) end

-- --- the record of a run ---

local function run_get(id, ...) return redis.call('HMGET', key('run', id), ...) end
local function run_set(id, ...) redis.call('HSET', key('run', id), ...) end

local function tell(id) redis.call('PUBLISH', key('control'), id) end

local function set_state(id, state)
  local run = run_get(id, 'state', 'verdict', 'reason', 'timeline')
  if run[1] then redis.call('ZREM', key('state', run[1]), id) end
  redis.call('ZADD', key('state', state), 0, id)
  local entry = state .. '@' .. string.format('%.0f', now)
  run_set(id, 'state', state, 'phase', '', 'timeline', given(run[4]) and (run[4] .. ',' .. entry) or entry)
  local event = { type = 'state', at = now, state = state, phase = cjson.null }
  event.verdict = given(run[2]) and run[2] or cjson.null
  event.reason = given(run[3]) and run[3] or cjson.null
  redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
  redis.call('PUBLISH', key('changes'), id .. ' ' .. state)
  tell(id)
end

-- A job that BullMQ must get. Its id is made of what it is for, so that adding it twice adds it once.
local function owe(queue, name, job_id, data, due)
  local job = cjson.encode({ queue = queue, name = name, id = job_id, data = data })
  redis.call('ZADD', key('owed'), due or now, job)
  return job
end

-- --- the line ---

local WAKE = 100 -- how many groups one script sets free at most; the rest follows with the next round

local function submitter_reason(submitter) return 'submitter ' .. submitter end
local function target_reason(target) return 'target ' .. target end

-- Puts a group where it stands (or moves it), with the seq of its first run; an empty one is forgotten.
local function place_group(group, place)
  local old = redis.call('HGET', key('groupplace'), group)
  local head = redis.call('ZRANGE', key('group', group), 0, 0, 'WITHSCORES')
  if old and (old ~= place or not head[1]) then redis.call('ZREM', old, group) end
  if not head[1] then
    redis.call('HDEL', key('groupplace'), group)
    return
  end
  redis.call('ZADD', place, head[2], group)
  redis.call('HSET', key('groupplace'), group, place)
end

local function block_group(group, reason)
  redis.call('SADD', key('blockers'), reason)
  redis.call('SREM', key('waking'), reason) -- it blocks again, and so it would block all behind
  place_group(group, key('blocked', reason))
end

-- The reason is gone, or may be: its groups are looked at again, the first in line first.
local function wake(reason)
  local place = key('blocked', reason)
  for _, group in ipairs(redis.call('ZRANGE', place, 0, WAKE - 1)) do place_group(group, key('groups')) end
  if redis.call('EXISTS', place) == 1 then
    redis.call('SADD', key('waking'), reason)
  else
    redis.call('SREM', key('waking'), reason)
    redis.call('SREM', key('blockers'), reason)
  end
end

local function enter_group(id)
  local run = run_get(id, 'submitter', 'lockTarget', 'shared', 'labels', 'seq')
  local group = redis.sha1hex(table.concat({ run[1], run[2], run[3], run[4] }, '\n'))
  run_set(id, 'lane', group)
  redis.call('ZADD', key('group', group), run[5], id)
  place_group(group, redis.call('HGET', key('groupplace'), group) or key('groups'))
end

local function leave_group(id)
  local group = run_get(id, 'lane')[1]
  if not given(group) then return end
  run_set(id, 'lane', '')
  if redis.call('ZREM', key('group', group), id) == 0 then return end
  local place = redis.call('HGET', key('groupplace'), group)
  if not place then return end
  place_group(group, place)
  -- those who stood behind it for the same reason may be free to go now
  local reason = string.match(place, '^' .. key('blocked') .. ':(.*)$')
  if reason then wake(reason) end
end

-- Runs that wanted more nodes than there were are looked at again.
local function wake_unmet()
  for _, id in ipairs(redis.call('ZRANGE', key('unmet'), 0, WAKE - 1)) do
    redis.call('ZREM', key('unmet'), id)
    enter_group(id)
  end
end

-- 'a:443 b:443' → what a run locks; none for ''
local function targets_of(text)
  local found = {}
  for target in string.gmatch(given(text) and text or '', '%S+') do found[#found + 1] = target end
  return found
end

-- The run does not occupy its targets and its submitter's limit any more.
local function vacate(id)
  local run = run_get(id, 'submitter', 'lockTarget')
  if given(run[1]) and redis.call('SREM', key('submitter', run[1]), id) == 1 then wake(submitter_reason(run[1])) end
  for _, target in ipairs(targets_of(run[2])) do
    if redis.call('HDEL', key('target', target), id) == 1 then wake(target_reason(target)) end
  end
end

-- --- nodes ---

local function labels_match(node_labels, wanted)
  for name, value in pairs(wanted) do
    if node_labels[name] ~= value then return false end
  end
  return true
end

local function labels_of(json) return given(json) and cjson.decode(json) or {} end

-- How many nodes with these labels are registered, alive and enabled, and free.
local function count_nodes(labels_json)
  local wanted = labels_of(labels_json)
  local registered, alive, free, all = 0, 0, 0, 0
  for _, name in ipairs(redis.call('SMEMBERS', key('nodes'))) do
    local node = redis.call('HMGET', key('node', name), 'labels', 'lease', 'enabled', 'draining', 'slot', 'load')
    if node[6] == '1' then
      all = all + 1
      if labels_match(labels_of(node[1]), wanted) then
        registered = registered + 1
        if tonumber(node[2]) > now and node[3] == '1' and node[4] == '0' then
          alive = alive + 1
          if not given(node[5]) then free = free + 1 end
        end
      end
    end
  end
  return { registered = registered, alive = alive, free = free, all = all }
end

-- --- ends ---

local function leave_job(id)
  local token = run_get(id, 'desk')[1]
  if given(token) then
    local node = string.match(token, '^[^/]*/[^/]*/([^/]*)/')
    redis.call('SREM', key('nodejobs', node), id)
    run_set(id, 'desk', '')
  end
  redis.call('ZREM', key('jobs'), id)
end

-- The one way by which a run ends. Mails go into the outbox with it; `closing` then completes its folder.
local function finish(id, state)
  local run = run_get(id, 'recipients', 'cancelledBy', 'startedAt', 'project', 'submitted')
  leave_group(id)
  leave_job(id)
  vacate(id)
  for _, kind in ipairs({ 'queue', 'unmet', 'preflights', 'barrier', 'returning', 'unreported' }) do redis.call('ZREM', key(kind), id) end
  redis.call('HDEL', key('doomed'), id)
  redis.call('DEL', key('ready', id), key('done', id), key('around', id))
  redis.call('HDEL', key('run', id), 'work', 'ending', 'why')
  redis.call('HINCRBY', key('run', id), 'ended', 1)
  run_set(id, 'endedAt', now)
  set_state(id, state)
  redis.call('ZADD', key('closing'), now, id)
  local index = 0
  for _, to in ipairs(cjson.decode(given(run[1]) and run[1] or '[]')) do
    if not (state == 'cancelled' and to == run[2]) then
      local mail = cjson.encode({ to = to, state = 'waiting', detail = '', tries = 0, since = now })
      redis.call('HSET', key('mails', id), index, mail)
      redis.call('ZADD', key('outbox'), now, id .. '/' .. index)
      index = index + 1
    end
  end
  local once = given(run[5]) and cjson.decode(run[5]).trigger == 'once' -- says nothing of how long runs take
  if state == 'finished' and given(run[3]) and given(run[4]) and not once then
    local took = now - tonumber(run[3])
    local before = redis.call('HGET', key('durations'), run[4])
    local mean = before and (0.7 * before + 0.3 * took) or took
    redis.call('HSET', key('durations'), run[4], string.format('%.0f', mean))
  end
end

-- The ledger gives a run up; the words are added by whoever asks next (see doom.lua).
local function doom(id, reason) redis.call('HSET', key('doomed'), id, cjson.encode(reason)) end

-- In which state a run waits for a worker to begin with a stage.
local job_states = { prepare = 'queued', preflight = 'preparing', finalize = 'reporting' }

-- The stage begins again with a new job: a new holder's turn.
local function next_try(id, stage)
  local try = redis.call('HINCRBY', key('run', id), 'try', 1)
  if stage == 'preflight' then redis.call('ZADD', key('preflights'), run_get(id, 'seq')[1], id) end
  return owe(stage, stage, stage .. '-' .. id .. '-' .. try, { runId = id, try = try })
end

local function report(id)
  run_set(id, 'try', 0, 'deaths', 0)
  vacate(id)
  redis.call('ZREM', key('barrier'), id)
  redis.call('ZADD', key('unreported'), now, id)
  set_state(id, 'reporting')
  return next_try(id, 'finalize')
end

-- --- attempts ---

-- Tells all shares of an attempt to stop. Slots are freed as each acknowledges or is dead; then settle() decides.
-- ending: 'cancel' | 'requeue' | 'error'. The first stands, but a cancel outweighs all.
local function abort(id, ending, why)
  local run = run_get(id, 'state', 'ending', 'seq')
  if run[1] ~= 'running' and run[1] ~= 'cancelling' then return end
  if given(run[2]) and ending ~= 'cancel' then return end
  run_set(id, 'ending', ending, 'why', why)
  if ending == 'requeue' then redis.call('ZADD', key('returning'), run[3], id) else redis.call('ZREM', key('returning'), id) end
  tell(id)
end

local function requeue(id, why)
  local run = run_get(id, 'attempt', 'seq')
  if tonumber(run[1]) >= rules.maxAttempts then
    return doom(id, { code = 'attempts-used-up', params = { attempts = tonumber(run[1]), why = why } })
  end
  vacate(id)
  run_set(id, 'ending', '', 'why', '', 'startAt', '', 'startedAt', '', 'stopped', '0', 'lost', '[]', 'slots', '[]')
  redis.call('ZREM', key('barrier'), id)
  redis.call('ZREM', key('returning'), id)
  redis.call('DEL', key('around', id))
  redis.call('ZADD', key('queue'), run[2], id)
  set_state(id, 'waiting')
  enter_group(id)
end

-- Which nodes have a slot of an attempt. slots: JSON, or ''
local function nodes_with_slot(id, attempt, slots)
  local slot = id .. '/' .. attempt
  local found = {}
  for _, node in ipairs(cjson.decode(given(slots) and slots or '[]')) do
    if redis.call('HGET', key('node', node), 'slot') == slot then found[#found + 1] = node end
  end
  return found
end

-- Once no node has a slot of this attempt any more, the run goes on. Who waits for all others (see outlast) is told.
local function settle(id)
  local run = run_get(id, 'state', 'attempt', 'slots', 'ending', 'why')
  if run[1] ~= 'running' and run[1] ~= 'cancelling' then return end
  local left = #nodes_with_slot(id, run[2], run[3])
  if left == 1 then tell(id) end
  if left > 0 then return end
  if run[4] == 'cancel' then return finish(id, 'cancelled') end
  if run[4] == 'error' then return finish(id, 'error') end
  if run[4] == 'requeue' then return requeue(id, run[5]) end
  report(id)
end

-- The node's slot is not its any more; settle() must follow.
local function free_slot(node)
  redis.call('HSET', key('node', node), 'slot', '', 'share', '', 'duty', '')
end

-- A share is lost with its node: before the start the attempt is handed back, after it what is left is kept.
local function lose_share(id, share, node, why)
  local run = run_get(id, 'state', 'startAt', 'lost')
  if run[1] ~= 'running' then return end
  if not given(run[2]) then return abort(id, 'requeue', why) end
  local lost = cjson.decode(given(run[3]) and run[3] or '[]')
  lost[#lost + 1] = { share = tonumber(share), node = node, at = math.max(0, now - tonumber(run[2])) }
  run_set(id, 'lost', cjson.encode(lost))
  local event = { type = 'fault', at = now, kind = 'lost-node', title = 'Node ' .. node .. ' was lost', detail = why, duration = 0 }
  redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
  tell(id)
end

-- A node's process is gone: whatever it had is lost.
local function lose_node(node, why)
  local had = redis.call('HMGET', key('node', node), 'slot', 'share')
  if not given(had[1]) then return end
  local id = string.match(had[1], '^(.*)/')
  free_slot(node)
  lose_share(id, had[2], node, why)
  settle(id)
end

-- Whether this lease is still valid; see ledger/leases.ts.
local function share_is_valid(lease)
  local node = redis.call('HMGET', key('node', lease.node), 'slot', 'boot', 'share')
  return node[1] == lease.runId .. '/' .. lease.attempt and node[2] == lease.boot and node[3] == tostring(lease.share)
end

local function job_token(lease) return lease.stage .. '/' .. lease.try .. '/' .. lease.node .. '/' .. lease.boot end
local function job_is_valid(lease) return run_get(lease.runId, 'desk')[1] == job_token(lease) end
