import fp from 'fastify-plugin'
import { backupFolder } from '../../plugins/config.ts'
import { backupsRoutes } from './routes.ts'
import { BackupSchedule } from './schedule.ts'
import { backupsService } from './service.ts'

export const backupsFeature = fp(
  async app => {
    const { db, audit, idempotency, config, log } = app
    const backups = backupsService({ db, audit, idempotency, folder: backupFolder(config) })
    app.addHook('onClose', () => backups.close())
    if (db.snapshots && config.BACKUP_SCHEDULE !== 'off') {
      const schedule = new BackupSchedule(config.BACKUP_SCHEDULE, backups, log)
      app.addHook('onReady', async () => schedule.start())
      app.addHook('preClose', async () => schedule.stop())
    }
    app.scope('backups')
    await app.register(backupsRoutes, { prefix: '/api/backups', backups })
  },
  {
    name: 'backups',
    dependencies: ['config', 'db', 'audit-logger', 'access', 'conditional', 'idempotency', 'openapi'],
    encapsulate: true,
  },
)
