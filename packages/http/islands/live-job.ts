interface Progress {
  readonly phase: string;
  readonly done: number;
  readonly total?: number;
}

/** Keeps a job current while it runs, from its stream of events; when it ends, the page is read anew with the verdict. */
export function liveJob(card: HTMLElement): void {
  const standing = card.querySelector<HTMLElement>("[data-job-standing]");
  const bar = card.querySelector<HTMLProgressElement>("[data-job-progress]");
  if (!standing || !bar) return;
  const id = encodeURIComponent(card.dataset.liveJob ?? "");
  const events = new EventSource(`/training/${id}/events`);
  let phase = "";

  events.addEventListener("progress", ({ data }) => {
    const progress = JSON.parse(data) as Progress;
    if (progress.total === undefined) bar.removeAttribute("value");
    else {
      bar.max = progress.total;
      bar.value = progress.done;
    }
    // Each phase is announced once; the bar tells the rest.
    if (progress.phase !== phase) standing.textContent = `It is at: ${progress.phase}.`;
    phase = progress.phase;
  });
  events.addEventListener("end", () => {
    events.close();
    location.replace(`/train?run=${id}`);
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED)
      standing.textContent = "The connection was lost. Read the page anew.";
  });
}
