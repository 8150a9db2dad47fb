-- Asks for PATH_TEMPLATE with {n} replaced by another number each time, beginning after FIRST, {s} by each of SUBJECTS,
-- one after the other, and {i}, in them too, by the number of a copy. The next subject comes when all copies were asked for.
local template = os.getenv("PATH_TEMPLATE")
local n = tonumber(os.getenv("FIRST"))
local copies = tonumber(os.getenv("COPIES"))
local subjects = {}
for subject in os.getenv("SUBJECTS"):gmatch("%S+") do
  subjects[#subjects + 1] = subject
end
request = function()
  n = n + 1
  local subject = subjects[math.floor(n / copies) % #subjects + 1]
  return wrk.format("GET", (template:gsub("{s}", function() return subject end):gsub("{n}", n):gsub("{i}", n % copies)))
end
