-- A POST with the JSON body given after `--`, and the outcome as one line of JSON.
function init(arguments)
  wrk.method = "POST"
  wrk.body = arguments[1]
  wrk.headers["content-type"] = "application/json"
end

function done(summary, latency)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format('\n{"requests":%d,"microseconds":%d,"p50":%g,"refused":%d,"lost":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), errors.status, lost))
end
