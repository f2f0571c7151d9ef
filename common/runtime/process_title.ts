/**
 * Makes this process show up as `aiperf <service_id>` in `ps` and `pgrep -a aiperf`.
 *
 * Imported when called: the module behind it takes a while to load.
 */
export async function setProcessTitle(serviceId: string): Promise<void> {
  const { default: process } = await import("node:process");
  process.title = `aiperf ${serviceId}`;
}
