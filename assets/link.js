// A link that lets somebody in has its token behind the #: take it out of the address and the history, into the form.
// Where looking does nothing yet, the form is sent at once.

const token = location.hash.slice(1);
if (token) {
  history.replaceState(null, "", location.pathname);
  const field = document.getElementById("link");
  field.value = token;
  if (field.form.hasAttribute("data-at-once")) field.form.submit();
}
