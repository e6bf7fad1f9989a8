-- For wrk: sends the requests of a file in turn, and prints what a program can
-- read.
--
--     wrk ... -s requests.lua URL -- FILE

local requests = {}
local n = 0

function init(args)
   local file = assert(io.open(args[1], "rb"))

   for request in file:read("*a"):gmatch(".-\r\n\r\n") do
      requests[#requests + 1] = request
   end

   file:close()
end

function request()
   n = n % #requests + 1
   return requests[n]
end

function done(summary, latency)
   local errors = summary.errors

   print("requests " .. summary.requests)
   print("us " .. summary.duration)
   print("refused " .. errors.status)
   print("broken " .. errors.connect + errors.read + errors.write
                      + errors.timeout)
   print("p50 " .. latency:percentile(50))
   print("p99 " .. latency:percentile(99))
   print("max " .. latency.max)
end
