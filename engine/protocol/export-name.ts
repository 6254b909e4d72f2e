import { exportFormats, transcriptFormats, type ExportFormat, type TranscriptFormat } from './export.ts';

/** Names that Windows keeps for devices, whatever follows their first dot. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/iu;

/** The title of an export as a file's name on any system (a folder's for clips), with the format's extension. */
export function exportName(title: string, format: ExportFormat | TranscriptFormat): string {
  const plain = [...title.normalize('NFC').replace(/[\p{C}<>:"/\\|?*]+/gu, ' ')]
    .slice(0, 80)
    .join('')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '')
    .replace(devices, '_$&');
  return `${plain === '' ? 'Longview' : plain}${extensionOf(format)}`;
}

function extensionOf(format: ExportFormat | TranscriptFormat): string {
  return format in exportFormats
    ? exportFormats[format as ExportFormat].extension
    : transcriptFormats[format as TranscriptFormat];
}
