import { IncomingMessage } from 'node:http'

/** The one address that speaks another protocol than HTTP. */
export const UPDATES_PATH = '/ws/updates'

/**
 * A request whose offer to upgrade Node.js takes only where there is something to upgrade to. Anywhere else it is
 * answered as if there had been no offer, with its body and by every hook; a CONNECT likewise. Node.js asks for `upgrade`
 * once it has read the headers.
 */
export class Message extends IncomingMessage {
  // Assigned by the constructor above: a field with a value would come too late.
  declare upgradeOffered: boolean | null

  get upgrade(): boolean {
    if (this.upgradeOffered !== true || this.method !== 'GET') return false
    return this.url?.split('?')[0] === UPDATES_PATH && this.headers.upgrade?.toLowerCase() === 'websocket'
  }

  set upgrade(offered: boolean | null) {
    this.upgradeOffered = offered
  }
}

/** Whether an upgrade was offered: what follows the request on its connection may have been lost to the offer. */
export function offeredUpgrade(request: IncomingMessage): boolean {
  return request instanceof Message && request.upgradeOffered === true
}
