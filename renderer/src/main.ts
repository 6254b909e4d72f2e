import { mount } from 'svelte';
import { z } from 'zod';
import '@fontsource-variable/inter/opsz.css';
import './base.css';
import App from './App.svelte';

// The content security policy allows no code made at run time, which zod would otherwise try.
z.config({ jitless: true });

mount(App, { target: document.getElementById('app')! });
