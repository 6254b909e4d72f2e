import type { MenuItemConstructorOptions } from 'electron';
import type { WindowCommand } from '../engine/protocol/desktop.ts';
import type { Pickable } from './pick.ts';
import type { Words } from './words.ts';

/** What the native menus do. */
export interface MenuActions {
  /** Leads to a place in the window. */
  command(command: WindowCommand): void;
  /** Opens the system's dialog, and adds what was chosen. */
  add(what: Pickable): void;
  showLibraryFolder(): void;
  showLicences(): void;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The menu bar, as each platform's people expect it. */
export function menuTemplate(
  platform: NodeJS.Platform,
  words: Words,
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const to = (label: string, command: WindowCommand, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => actions.command(command),
  });
  const settings = to(words.settings, 'settings', 'CmdOrCtrl+,');
  return [
    ...(mac ? [appMenu(words, settings)] : []),
    {
      label: words.file,
      submenu: [
        {
          label: mac ? words.add : words.addFolder,
          accelerator: 'CmdOrCtrl+O',
          click: () => actions.add('folders'),
        },
        ...(mac ? [] : [{ label: words.addFiles, click: () => actions.add('files') }]),
        { label: words.showLibrary, click: () => actions.showLibraryFolder() },
        separator,
        mac
          ? { role: 'close', label: words.closeWindow }
          : { role: 'quit', label: words.quit, accelerator: 'Ctrl+Q' },
      ],
    },
    editMenu(words),
    {
      label: words.go,
      submenu: [
        to(words.find, 'find', 'CmdOrCtrl+K'),
        separator,
        to(words.library, 'library', 'CmdOrCtrl+1'),
        to(words.activity, 'activity', 'CmdOrCtrl+2'),
        ...(mac ? [] : [settings]),
      ],
    },
    {
      label: words.view,
      submenu: [
        { role: 'resetZoom', label: words.actualSize },
        { role: 'zoomIn', label: words.zoomIn },
        { role: 'zoomOut', label: words.zoomOut },
        separator,
        { role: 'togglefullscreen', label: words.fullScreen },
      ],
    },
    ...(mac ? [windowMenu(words)] : []),
    {
      role: 'help',
      label: words.help,
      submenu: [
        { label: words.licences, click: () => actions.showLicences() },
        ...(mac ? [] : [{ role: 'about' as const, label: words.about }]),
      ],
    },
  ];
}

function appMenu(words: Words, settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    label: 'Longview',
    submenu: [
      { role: 'about', label: words.about },
      separator,
      settings,
      separator,
      { role: 'services', label: words.services },
      separator,
      { role: 'hide', label: words.hide },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.showAll },
      separator,
      { role: 'quit', label: words.quit },
    ],
  };
}

function editMenu(words: Words): MenuItemConstructorOptions {
  return {
    label: words.edit,
    submenu: [
      { role: 'undo', label: words.undo },
      { role: 'redo', label: words.redo },
      separator,
      { role: 'cut', label: words.cut },
      { role: 'copy', label: words.copy },
      { role: 'paste', label: words.paste },
      { role: 'selectAll', label: words.selectAll },
    ],
  };
}

function windowMenu(words: Words): MenuItemConstructorOptions {
  return {
    role: 'window',
    label: words.window,
    submenu: [
      { role: 'minimize', label: words.minimize },
      { role: 'zoom', label: words.zoom },
      separator,
      { role: 'front', label: words.bringToFront },
    ],
  };
}
