/*
 * Tells Wagtail's cropping script whether the screen can be touched.
 * Left alone it finds out by setting an event attribute, which our Content-Security-Policy refuses.
 */
window.jQuery.Jcrop.defaults.touchSupport = navigator.maxTouchPoints > 0;
