// The server makes all HTML. This puts what has changed into its place.
const longestLog = 500
const view = document.getElementById("view")
const log = document.getElementById("log")
const live = document.getElementById("live")
const source = new EventSource(view.dataset.events)

function elements(html, isSvg) {
  const template = document.createElement("template")
  template.innerHTML = isSvg ? `<svg>${html}</svg>` : html
  return [...(isSvg ? template.content.firstChild : template.content).children]
}

function keepingFocus(change) {
  const focused = document.activeElement
  const id = focused?.closest("[id]")?.id
  change()
  if (id && !focused.isConnected) {
    const element = document.getElementById(id)
    const target = element?.matches("a, [tabindex]") ? element : element?.querySelector("a")
    target?.focus({ preventScroll: true })
  }
}

function scroll(change) {
  const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40
  change()
  if (isAtEnd) log.scrollTop = log.scrollHeight
}

source.addEventListener("view", event => keepingFocus(() => view.replaceChildren(...elements(event.data, false))))
source.addEventListener("rows", event => keepingFocus(() => {
  for (const element of elements(event.data, true)) document.getElementById(element.id)?.replaceWith(element)
}))
source.addEventListener("parts", event => keepingFocus(() => {
  for (const element of elements(event.data, false)) document.getElementById(element.id)?.replaceWith(element)
}))
source.addEventListener("log", event => scroll(() => {
  log.append(...elements(event.data, false))
  while (log.childElementCount > longestLog) log.firstElementChild.remove()
}))
source.addEventListener("open", () => { live.textContent = "live" })
source.addEventListener("error", () => { live.textContent = "connection lost" })
scroll(() => { log.scrollTop = log.scrollHeight })
