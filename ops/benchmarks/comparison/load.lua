-- SPDX-License-Identifier: Apache-2.0
-- What wrk sends: random requests out of a set that is made before the clock starts, so that sending costs the same for
-- every server. Arguments: "files COUNT PREFIX" for GET PREFIX0 to PREFIX(COUNT-1), or "blocks FILE BYTES PATH" for POSTs of
-- the bodies, of BYTES octets each, that stand in FILE one after the other.

local requests = {}

local function files(count, prefix)
  for i = 0, count - 1 do
    requests[i + 1] = wrk.format("GET", prefix .. i)
  end
end

local function blocks(name, bytes, path)
  local file = assert(io.open(name, "rb"))
  local headers = { ["Content-Type"] = "application/octet-stream" }
  while true do
    local body = file:read(bytes)
    if body == nil or #body < bytes then break end
    requests[#requests + 1] = wrk.format("POST", path, headers, body)
  end
  file:close()
end

function init(arguments)
  math.randomseed(1)
  if arguments[1] == "files" then
    files(tonumber(arguments[2]), arguments[3])
  else
    blocks(arguments[2], tonumber(arguments[3]), arguments[4])
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests": %d, "bytes": %d, "micros": %d, "p50": %d, "p99": %d, "p999": %d, "max": %d, ' ..
    '"connect": %d, "read": %d, "write": %d, "status": %d, "timeout": %d}\n',
    summary.requests, summary.bytes, summary.duration,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9), latency.max,
    errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
