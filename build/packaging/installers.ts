import { join } from 'node:path';
import { iconsFolder } from './icons.ts';
import type { Configuration } from 'electron-builder';
import type { Stage } from './stage.ts';

/** Containers that "open with" offers Longview for. */
const videoExtensions = [
  'mp4',
  'm4v',
  'mov',
  'mkv',
  'webm',
  'avi',
  'mxf',
  'mts',
  'm2ts',
  'mpg',
  'mpeg',
  'wmv',
];

/** electron-builder's configuration for what was staged. */
export function installerConfig(
  { app, resources }: Stage,
  options: { output: string; electronVersion: string; electronDist?: string },
): Configuration {
  return {
    appId: 'app.longview.desktop',
    productName: 'Longview',
    copyright: 'The Longview authors, MIT licence',
    directories: { output: options.output, buildResources: iconsFolder },
    electronVersion: options.electronVersion,
    ...(options.electronDist === undefined ? {} : { electronDist: options.electronDist }),
    // Everything is staged already: no dependency is installed, rebuilt or looked for.
    npmRebuild: false,
    nodeGypRebuild: false,
    publish: null,
    files: ['**/*', { from: join(app, 'node_modules'), to: 'node_modules', filter: ['**/*'] }],
    extraResources: [{ from: resources, to: '.', filter: ['**/*'] }],
    asar: true,
    // Native code can't be loaded out of an archive, and a library is found beside whoever needs it.
    asarUnpack: ['node_modules/**/*.{node,so,dll,dylib}', 'node_modules/**/*.so.*'],
    electronLanguages: ['en-US', 'zh-CN'],
    electronFuses: {
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    },
    fileAssociations: [
      { ext: videoExtensions, name: 'Video', description: 'Video', role: 'Viewer', rank: 'Alternate' },
    ],
    linux: {
      target: ['AppImage', 'deb'],
      category: 'AudioVideo',
      synopsis: 'Ask your own long videos questions',
      icon: join(iconsFolder, 'linux'),
      maintainer: 'The Longview authors',
      executableName: 'longview',
    },
    mac: {
      target: ['dmg'],
      category: 'public.app-category.video',
      icon: join(iconsFolder, 'icon.icns'),
      hardenedRuntime: true,
      gatekeeperAssess: false,
      darkModeSupport: true,
    },
    win: { target: ['nsis'], icon: join(iconsFolder, 'icon.ico') },
    nsis: { oneClick: true, perMachine: false, deleteAppDataOnUninstall: false },
    deb: {
      depends: [
        'libgtk-3-0',
        'libnotify4',
        'libnss3',
        'libxss1',
        'libxtst6',
        'xdg-utils',
        'libatspi2.0-0',
        'libuuid1',
        'libsecret-1-0',
      ],
    },
  };
}
