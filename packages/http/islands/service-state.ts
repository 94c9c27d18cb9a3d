/** How often the service is asked whether it lives, in milliseconds. */
const everyMs = 15_000;

/** Says so when the service that drew this page answers no more, and when it is back. */
export function serviceState(place: HTMLElement): void {
  const drawn = [...place.childNodes];
  const gone = document.createElement("p");
  gone.className = "alert";
  gone.role = "status";
  gone.textContent = "The service does not answer; what you see is of the time it last did.";
  const look = async () => {
    const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(5_000) }).catch(
      () => undefined,
    );
    place.replaceChildren(...(answer?.ok ? drawn : [gone]));
  };
  setInterval(() => {
    if (document.visibilityState === "visible") void look();
  }, everyMs);
}
