-- Asks for PATH_TEMPLATE with {n} replaced by another number each time, beginning after FIRST.
local template = os.getenv("PATH_TEMPLATE")
local n = tonumber(os.getenv("FIRST"))
request = function()
  n = n + 1
  return wrk.format("GET", (template:gsub("{n}", n):gsub("{i}", n % tonumber(os.getenv("COPIES")))))
end
