-- Shared by all scripts of the store; put before each of them.
--
-- Every transition of a run is one script, so it happens whole or not at all. Redis's clock is the only clock.
-- ARGV[1] is a JSON object: `args`, as redis/script-map.ts has it, and in it `rules`, the LedgerRules. Keys are built
-- from names that the scripts find on their way, so KEYS stays empty: one Redis, with replicas or not, no cluster.
--
--   a run:   queued ─▶ preparing ─▶ waiting ─▶ running ─▶ reporting ─▶ finished
--   a slot:  node.slot is the fencing token of a share; run.desk that of a job: of a preparer, of a node that does the
--            preflight, or of a finalizer
--   a group: the waiting runs of one submitter, target and set of labels: blocked together or not at all, so that
--            nodes are allotted without looking at every run; run.lane names it

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

-- A field of a hash; nil when it is missing or empty.
local function field(hash, name)
  local value = redis.call('HGET', hash, name)
  if given(value) then return value end
end

-- Fields of a hash by their names, those that are missing or empty left out: fields(key('run', id), 'state').state
local function fields(hash, ...)
  local values, found = redis.call('HMGET', hash, ...), {}
  for i, name in ipairs({ ... }) do
    if given(values[i]) then found[name] = values[i] end
  end
  return found
end

local function decoded(json) return given(json) and cjson.decode(json) or {} end

-- --- tokens: made and read here, and nowhere else ---

-- 'run/attempt'
local function slot_token(id, attempt) return id .. '/' .. attempt end
local function run_of_slot(token) return string.match(token, '^(.*)/') end

-- 'prepare/try/node/boot'
local function job_token(lease) return lease.stage .. '/' .. lease.try .. '/' .. lease.node .. '/' .. lease.boot end
local function read_job_token(token)
  local stage, node = string.match(token, '^([^/]*)/[^/]*/([^/]*)/')
  return { stage = stage, node = node }
end

-- 'run/index', of a delivery
local function delivery_token(id, index) return id .. '/' .. index end

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

-- Whether what a lease of ledger/leases.ts shows is what the ledger gave out last.
local function share_is_valid(lease)
  local node = fields(key('node', lease.node), 'slot', 'boot', 'share')
  return node.slot == slot_token(lease.runId, lease.attempt) and node.boot == lease.boot and node.share == tostring(lease.share)
end

local function job_is_valid(lease) return field(key('run', lease.runId), 'desk') == job_token(lease) end

-- --- the record of a run ---

local has_ended = { finished = true, cancelled = true, error = true } -- by its state

-- The state in which a run has ended; nil for one that goes on, or that there is not.
local function ended_state(id)
  for state in pairs(has_ended) do
    if redis.call('ZSCORE', key('state', state), id) then return state end
  end
end

local function is_known(id) return redis.call('EXISTS', key('run', id)) == 1 or ended_state(id) ~= nil end

local function run_set(id, ...) redis.call('HSET', key('run', id), ...) end

local function tell(id) redis.call('PUBLISH', key('control'), id) end

local function set_state(id, state)
  local run = fields(key('run', id), 'state', 'verdict', 'reason', 'timeline')
  if run.state then redis.call('ZREM', key('state', run.state), id) end
  redis.call('ZADD', key('state', state), 0, id)
  local entry = state .. '@' .. string.format('%.0f', now)
  run_set(id, 'state', state, 'phase', '', 'timeline', run.timeline and (run.timeline .. ',' .. entry) or entry)
  local event = { type = 'state', at = now, state = state, phase = cjson.null }
  event.verdict = run.verdict or cjson.null
  event.reason = run.reason or cjson.null
  redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
  redis.call('PUBLISH', key('changes'), id .. ' ' .. state)
  tell(id)
end

-- --- jobs ---

-- A job that BullMQ must get. Its id is made of what it is for, so that adding it twice adds it once.
local function owe(queue, name, job_id, data, due)
  local job = cjson.encode({ queue = queue, name = name, id = job_id, data = data })
  redis.call('ZADD', key('owed'), due or now, job)
  return job
end

-- In which state a run waits for a worker to begin with a stage.
local job_states = { prepare = 'queued', preflight = 'preparing', finalize = 'reporting' }

local function try_id(stage, id, try) return stage .. '-' .. id .. '-' .. try end
local function owe_try(stage, id, try, due) return owe(stage, stage, try_id(stage, id, try), { runId = id, try = try }, due) end

-- The stage begins (again) with a new job: a new holder's turn.
local function next_try(stage, id, due)
  local try = redis.call('HINCRBY', key('run', id), 'try', 1)
  if stage == 'preflight' then redis.call('ZADD', key('preflights'), field(key('run', id), 'seq'), id) end
  return owe_try(stage, id, try, due)
end

local function leave_job(id)
  local token = field(key('run', id), 'desk')
  if token then
    redis.call('SREM', key('nodejobs', read_job_token(token).node), id)
    run_set(id, 'desk', '')
  end
  redis.call('ZREM', key('jobs'), id)
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
  local run = fields(key('run', id), 'submitter', 'lockTarget', 'shared', 'labels', 'locations', 'seq')
  local asks = run.locations or run.labels or ''
  local group = redis.sha1hex(table.concat({ run.submitter, run.lockTarget or '', run.shared, asks }, '\n'))
  run_set(id, 'lane', group)
  redis.call('ZADD', key('group', group), run.seq, id)
  place_group(group, redis.call('HGET', key('groupplace'), group) or key('groups'))
end

local function leave_group(id)
  local group = field(key('run', id), 'lane')
  if not group then return end
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

-- 'a:443 b:443' → what a run locks; none for nothing
local function targets_of(text)
  local found = {}
  for target in string.gmatch(text or '', '%S+') do found[#found + 1] = target end
  return found
end

-- The run does not occupy its targets and its submitter's limit any more.
local function vacate(id)
  local run = fields(key('run', id), 'submitter', 'lockTarget')
  if run.submitter and redis.call('SREM', key('submitter', run.submitter), id) == 1 then wake(submitter_reason(run.submitter)) end
  for _, target in ipairs(targets_of(run.lockTarget)) do
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

-- How many nodes with these labels are registered, alive and enabled, alive and switched off, and free; and how many
-- there are in all. role: 'load' or 'desk'
local function count_nodes(labels_json, role)
  local wanted = decoded(labels_json)
  local count = { registered = 0, alive = 0, disabled = 0, free = 0, all = 0 }
  local function add(what) count[what] = count[what] + 1 end
  for _, name in ipairs(redis.call('SMEMBERS', key('nodes'))) do
    local node = fields(key('node', name), 'labels', 'lease', 'enabled', 'draining', 'slot', role)
    if node[role] == '1' then
      add('all')
      if labels_match(decoded(node.labels), wanted) then
        add('registered')
        if tonumber(node.lease) > now then
          local is_on = node.enabled == '1' and node.draining == '0'
          add(is_on and 'alive' or 'disabled')
          if is_on and not node.slot then add('free') end
        end
      end
    end
  end
  return count
end

-- How many nodes of which labels a run asks for: of one kind, or of each of its locations.
local function demands_of(run)
  local locations = decoded(run.locations)
  if #locations > 0 then return locations end
  return { { nodes = tonumber(run.nodes), labels = run.labels or '' } }
end

-- Of these the one that most is missing of, with how many nodes there are of it; { demand =, count = }
local function scarcest(demands, role)
  local worst
  for _, demand in ipairs(demands) do
    local count = count_nodes(demand.labels, role)
    local missing = { demand.nodes - count.alive, demand.nodes - count.free }
    local is_worse = not worst or missing[1] > worst.missing[1] and missing[1] > 0
      or worst.missing[1] <= 0 and missing[2] > worst.missing[2]
    if is_worse then worst = { demand = demand, count = count, missing = missing } end
  end
  return worst
end

-- Of these nodes ({ labels = … }) those for a run, in the order of its shares; for each location those that suit the
-- fewest others of it. With too few, as many as there are, and false.
local function assign(demands, nodes)
  local order, taken, found, is_whole = {}, {}, {}, true
  for i, demand in ipairs(demands) do
    local wanted, count = decoded(demand.labels), 0
    for _ in pairs(wanted) do count = count + 1 end
    order[i] = { at = i, wanted = wanted, nodes = demand.nodes, labels = count }
  end
  if #demands > 1 then table.sort(order, function(a, b) return a.labels > b.labels or a.labels == b.labels and a.at < b.at end) end
  local of = {}
  for n, one in ipairs(order) do
    local suiting = {}
    for at, node in ipairs(nodes) do
      if not taken[at] and labels_match(node.labels, one.wanted) then
        local others = 0
        for k = n + 1, #order do
          if labels_match(node.labels, order[k].wanted) then others = others + 1 end
        end
        suiting[#suiting + 1] = { at = at, node = node, others = others }
      end
    end
    if #demands > 1 then table.sort(suiting, function(a, b) return a.others < b.others or a.others == b.others and a.at < b.at end) end
    of[one.at] = {}
    for i = 1, math.min(one.nodes, #suiting) do
      taken[suiting[i].at] = true
      table.insert(of[one.at], suiting[i].node)
    end
    if #suiting < one.nodes then is_whole = false end
  end
  for _, nodes_of_one in ipairs(of) do
    for _, node in ipairs(nodes_of_one) do found[#found + 1] = node end
  end
  return found, is_whole
end

-- Whether nobody can ever give a run so many nodes. Where none is registered at all, the first worker may be starting.
local function too_many(demand, registered, all)
  if given(rules.nodesMax) then return demand > math.max(rules.nodesMax, registered) end
  return all > 0 and demand > registered
end

-- --- ends ---

-- Mails leave from workers, and what other services are told from the web, which never waits for a load.
local function outbox_of(kind)
  if kind == 'mail' then return key('outbox') end
  return key('tellings')
end

-- Something is to be told, or told anew: `turn` counts how often. While a try is on its way, the next one waits for it.
local function due_delivery(id, index, kind, to)
  local before = decoded(redis.call('HGET', key('mails', id), index))
  local delivery = { kind = kind, to = to, state = 'waiting', detail = '', tries = 0, since = now,
    turn = (before.turn or 0) + 1, busy = before.busy }
  redis.call('HSET', key('mails', id), index, cjson.encode(delivery))
  redis.call('ZADD', outbox_of(kind), math.max(now, before.busy or 0), delivery_token(id, index))
end

-- Of those named by the submission, mails are named again with the file's; the others keep their places.
local function with_recipients(id, all)
  local recipients = {}
  for _, recipient in ipairs(decoded(field(key('run', id), 'recipients'))) do
    if recipient.kind and recipient.kind ~= 'mail' then recipients[#recipients + 1] = recipient end
  end
  for _, recipient in ipairs(all) do recipients[#recipients + 1] = recipient end
  return cjson.encode(recipients)
end

-- The one way by which a run ends. Its deliveries become due with it; `closing` then completes its folder.
local function finish(id, state)
  local run = fields(key('run', id), 'recipients', 'cancelledBy', 'startedAt', 'project', 'submitted')
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
  for _, recipient in ipairs(decoded(run.recipients)) do
    -- Runs that 0.1.0 took in have addresses of mail.
    local kind, to = recipient.kind or 'mail', recipient.to or recipient
    if not (state == 'cancelled' and to == run.cancelledBy) then
      due_delivery(id, index, kind, to)
      index = index + 1
    end
  end
  local submitted = decoded(run.submitted)
  local once = (submitted.kind or submitted.trigger) == 'once' -- says nothing of how long runs take
  if state == 'finished' and run.startedAt and run.project and not once then
    local took = now - tonumber(run.startedAt)
    local before = redis.call('HGET', key('durations'), run.project)
    local mean = before and (0.7 * before + 0.3 * took) or took
    redis.call('HSET', key('durations'), run.project, string.format('%.0f', mean))
  end
end

-- The ledger gives a run up; the words are added by whoever asks next (see doom.lua).
local function doom(id, reason) redis.call('HSET', key('doomed'), id, cjson.encode(reason)) end

local function report(id)
  run_set(id, 'try', 0, 'deaths', 0)
  vacate(id)
  redis.call('ZREM', key('barrier'), id)
  redis.call('ZADD', key('unreported'), now, id)
  set_state(id, 'reporting')
  return next_try('finalize', id)
end

-- --- attempts ---

-- Tells all shares of an attempt to stop. Slots are freed as each acknowledges or is dead; then settle() decides.
-- ending: 'cancel' | 'requeue' | 'error'. The first stands, but a cancel outweighs all.
local function abort(id, ending, why)
  local run = fields(key('run', id), 'state', 'ending', 'seq')
  if run.state ~= 'running' and run.state ~= 'cancelling' then return end
  if run.ending and ending ~= 'cancel' then return end
  run_set(id, 'ending', ending, 'why', why)
  if ending == 'requeue' then redis.call('ZADD', key('returning'), run.seq, id) else redis.call('ZREM', key('returning'), id) end
  tell(id)
end

local function requeue(id, why)
  local run = fields(key('run', id), 'attempt', 'seq')
  if tonumber(run.attempt) >= rules.maxAttempts then
    return doom(id, { code = 'attempts-used-up', params = { attempts = tonumber(run.attempt), why = why } })
  end
  vacate(id)
  run_set(id, 'ending', '', 'why', '', 'startAt', '', 'startedAt', '', 'stopped', '0', 'changed', '0', 'lost', '[]', 'slots', '[]')
  redis.call('ZREM', key('barrier'), id)
  redis.call('ZREM', key('returning'), id)
  redis.call('DEL', key('around', id))
  redis.call('ZADD', key('queue'), run.seq, id)
  set_state(id, 'waiting')
  enter_group(id)
end

-- How many of these nodes (JSON) have a slot of an attempt.
local function count_slots(id, attempt, nodes)
  local count = 0
  for _, node in ipairs(decoded(nodes)) do
    if redis.call('HGET', key('node', node), 'slot') == slot_token(id, attempt) then count = count + 1 end
  end
  return count
end

-- Once no node has a slot of this attempt any more, the run goes on. Who waits for all others (see outlast) is told.
local function settle(id)
  local run = fields(key('run', id), 'state', 'attempt', 'slots', 'ending', 'why')
  if run.state ~= 'running' and run.state ~= 'cancelling' then return end
  local left = count_slots(id, run.attempt, run.slots)
  if left == 1 then tell(id) end
  if left > 0 then return end
  if run.ending == 'cancel' then return finish(id, 'cancelled') end
  if run.ending == 'error' then return finish(id, 'error') end
  if run.ending == 'requeue' then return requeue(id, run.why or '') end
  report(id)
end

-- The node's slot is not its any more; settle() must follow.
local function free_slot(node)
  redis.call('HSET', key('node', node), 'slot', '', 'share', '', 'duty', '')
end

-- A share is lost with its node, also when somebody stopped it: before the start the attempt is handed back, after it what
-- is left is kept.
local function lose_share(id, share, node, why, was_stopped)
  local run = fields(key('run', id), 'state', 'startAt', 'lost')
  if run.state ~= 'running' then return end
  if not run.startAt then return abort(id, 'requeue', why) end
  local lost = decoded(run.lost)
  lost[#lost + 1] = { share = tonumber(share), node = node, at = math.max(0, now - tonumber(run.startAt)), stopped = was_stopped }
  run_set(id, 'lost', cjson.encode(lost))
  local event = { type = 'fault', at = now, kind = 'lost-node', title = 'Node ' .. node .. (was_stopped and ' was stopped' or ' was lost'), detail = why, duration = 0 }
  redis.call('XADD', key('events', id), '*', 'e', cjson.encode(event))
  tell(id)
end

-- A node's process is gone: whatever it had is lost.
local function lose_node(node, why)
  local had = fields(key('node', node), 'slot', 'share')
  if not had.slot then return end
  local id = run_of_slot(had.slot)
  free_slot(node)
  lose_share(id, had.share, node, why)
  settle(id)
end

-- --- calls of hooks ---

-- Nothing is to be done for it any more: so many of a project are kept.
local function settled_arrival(project, id, most)
  local settled = key('arrivalsdone', project)
  redis.call('ZADD', settled, now, id)
  for _, old in ipairs(redis.call('ZRANGE', settled, 0, -most - 1)) do
    redis.call('ZREM', settled, old)
    redis.call('HDEL', key('arrivals', project), old)
  end
end
