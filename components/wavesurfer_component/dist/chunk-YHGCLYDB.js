import{b as a,c as b}from"./chunk-IZ77LZL7.js";import"./chunk-6BHTTPY2.js";import"./chunk-2ELASSZM.js";import"./chunk-S3W2H2TG.js";export{a as mountEditor,b as openEditor};
