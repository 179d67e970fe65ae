-- What became of a mail.
heal()
local id, index = args.runId, args.index
local json = redis.call('HGET', key('mails', id), index)
if not json then return 0 end
local mail = cjson.decode(json)
if mail.state ~= 'waiting' then return 1 end
mail.state = args.state
mail.detail = args.detail
if mail.state == 'waiting' and now - mail.since > args.giveUpMs then mail.state = 'refused' end
redis.call('HSET', key('mails', id), index, cjson.encode(mail))
if mail.state == 'waiting' then
  redis.call('ZADD', key('outbox'), now + args.delayMs, mail_token(id, index))
else
  redis.call('ZREM', key('outbox'), mail_token(id, index))
  redis.call('ZADD', key('closing'), now, id)
end
return 1
