// Ask the server: answers arrive as documents, never as strings.

/** Send a request; resolves to { status, document }, rejects when the line is down. */
export function ask(method, url, fields = null) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.responseType = "document";
    request.setRequestHeader("Renhu-Refresh", "1");
    request.timeout = 25000;
    request.onload = () => resolve({ status: request.status, document: request.response, url: request.responseURL });
    request.onerror = request.ontimeout = () => reject(new Error("offline"));
    if (fields === null) {
      request.send();
    } else {
      request.setRequestHeader("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8");
      request.send(new URLSearchParams(fields).toString());
    }
  });
}

/** Show one sentence above the page; an empty one takes it away. */
export function notice(sentence) {
  const place = document.getElementById("notice");
  if (place && place.textContent !== sentence) place.textContent = sentence;
}

/** Take a sentence away where it is the one that is shown. */
export function takeBack(sentence) {
  if (document.getElementById("notice")?.textContent === sentence) notice("");
}

/** The sentence of an error page. */
export function sentenceOf(answer) {
  return answer.document?.getElementById("sentence")?.textContent.trim() ?? "";
}
