// What the server refuses: a session that has ended leads to the sign-in page and back, and what a role may not do
// is said on the page. Dash itself would only write it into the console.

(() => {
  const ask = window.fetch;

  window.fetch = async (...request) => {
    const reply = await ask(...request);
    if (reply.status === 401) {
      signIn();
      return new Promise(() => {}); // this page is being left: nobody is to read the answer any more
    }
    if (reply.status === 403 || reply.status === 429) tell(reply.clone());
    return reply;
  };

  function signIn() {
    const here = location.pathname + location.search;
    location.assign(`/sign-in?ended=yes${here === "/" ? "" : `&to=${encodeURIComponent(here)}`}`);
  }

  async function tell(reply) {
    const json = reply.headers.get("Content-Type")?.includes("json");
    const words = json ? (await reply.json()).problem : await reply.text();
    window.dash_clientside?.set_props("refused", { children: words, hidden: false });
  }
})();
