/** Calls the service; a body makes it a POST. @throws with the problem's own words when it refuses */
export async function call<Answer>(url: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(
    new URL(path, url),
    body && {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    },
  );
  const answer = (await response.json()) as Answer & { readonly detail?: string };
  if (!response.ok) throw new Error(`${path}: ${answer.detail ?? response.statusText}`);
  return answer;
}
