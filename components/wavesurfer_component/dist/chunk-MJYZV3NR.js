import{b as a,c as b}from"./chunk-KL3BXAFR.js";import"./chunk-7PJYKGII.js";import"./chunk-IE7CENQQ.js";import"./chunk-QVWHKEQA.js";export{a as mountEditor,b as openEditor};
