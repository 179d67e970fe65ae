-- A new run: its record, its place in the line, its indexes, its idempotency and the job that it needs.
if given(args.deadline) and now > args.deadline then return { 'late' } end
if given(args.idempotency) then
  local known = redis.call('GET', key('idempotency', args.idempotency))
  if known then
    local id, digest = string.match(known, '^(%S+) (%S+)$')
    if digest ~= args.digest then return { 'conflict' } end
    return { 'same', id }
  end
end
if redis.call('EXISTS', key('full')) == 1 then return { 'full' } end
if given(args.demand) then
  local nodes = count_nodes('', 'load')
  if too_many(args.demand, nodes.all, nodes.all) then return { 'refused', nodes.all } end
end

local id = args.id
local seq = redis.call('INCR', key('seq'))
run_set(id, 'submitted', args.submitted, 'project', args.project, 'submitter', args.submitter,
  'recipients', cjson.encode(args.recipients), 'nodes', given(args.demand) and args.demand or 1, 'seq', seq,
  'attempt', 0, 'try', 0, 'deaths', 0, 'stopped', '0', 'ended', 0, 'submittedAt', now,
  'onNodes', #args.onNodes > 0 and cjson.encode(args.onNodes) or '',
  'notBefore', given(args.notBefore) and args.notBefore or '')
if args.listed then
  redis.call('ZADD', key('project', redis.sha1hex(args.project)), 0, id)
  redis.call('ZADD', key('projects'), now, args.project)
end
redis.call('ZADD', key('queue'), seq, id)
if given(args.idempotency) then
  redis.call('SET', key('idempotency', args.idempotency), id .. ' ' .. args.digest, 'PX', args.keepMs)
end
-- The status of a commit is told from the beginning, and once more at the end: it has the same place there.
for i, recipient in ipairs(args.recipients) do
  if recipient.kind == 'status' then due_delivery(id, i - 1, recipient.kind, recipient.to) end
end
set_state(id, 'queued')
return { 'new', id, now, next_try('prepare', id, math.max(now + args.promiseMs, given(args.notBefore) and args.notBefore or 0)) }
