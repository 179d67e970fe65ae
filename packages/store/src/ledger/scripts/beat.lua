-- A node's heartbeat.
-- args: name, boot, status (JSON)
-- returns {'ok', slot ('' or run/attempt), share, how many shares, what ends its attempt ('' for nothing), an order (or '')}
--         | {'unknown'} (register again) | {'displaced'} (another process has the name)
heal()
speak()
local node = key('node', args.name)
local known = redis.call('HMGET', node, 'boot', 'gone', 'slot', 'share', 'order')
if not known[1] then return { 'unknown' } end
if known[1] ~= args.boot then return { 'displaced' } end
redis.call('HSET', node, 'lease', now + rules.leaseMs, 'gone', '0', 'status', args.status, 'beatAt', now)
if known[2] == '1' then wake_unmet() end
local order = known[5] or ''
if order ~= '' then redis.call('HSET', node, 'order', '') end
if not given(known[3]) then return { 'ok', '', '', 0, '', order } end
local run = run_get(string.match(known[3], '^(.*)/'), 'slots', 'ending')
return { 'ok', known[3], known[4], #cjson.decode(given(run[1]) and run[1] or '[]'), run[2] or '', order }
