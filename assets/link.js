// A link that lets somebody in has its token behind the #: take it out of the address and the history, into the form.

const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
  document.getElementById("link").value = token;
}
