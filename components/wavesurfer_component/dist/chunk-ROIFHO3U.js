import{b as a,c as b}from"./chunk-YZTK6WAI.js";import"./chunk-EIDBDHGK.js";import"./chunk-TJDSWNRE.js";import"./chunk-WQR7VQ4T.js";export{a as mountEditor,b as openEditor};
