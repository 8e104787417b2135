console.log('perdure version 0.0.0');
