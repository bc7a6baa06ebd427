import { backupFolder } from '../../plugins/config.ts'
import type { Feature } from '../../plugins/feature.ts'
import { backupsRoutes } from './routes.ts'
import { BackupSchedule } from './schedule.ts'
import { backupsService } from './service.ts'

export const backupsFeature: Feature = {
  name: 'backups',
  dependencies: ['config', 'db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
  tag: { name: 'backups', description: 'Copies of everything, for a restore', chapter: 'operation' },
  scope: 'backups',
  async plugin(app) {
    const { db, audit, idempotency, config, log } = app
    const backups = backupsService({ db, audit, idempotency, folder: backupFolder(config) })
    app.addHook('onClose', () => backups.close())
    if (db.snapshots && config.BACKUP_SCHEDULE !== 'off') {
      const schedule = new BackupSchedule(config.BACKUP_SCHEDULE, backups, log)
      app.addHook('onReady', async () => schedule.start())
      app.addHook('preClose', async () => schedule.stop())
    }
    await app.register(backupsRoutes, { prefix: '/api/backups', backups })
  },
}
