@echo off
rem Starts fnprune from wherever its archive was unpacked.
rem JAVA_HOME chooses the Java (17 or newer), FNPRUNE_OPTS holds options for it, such as -Xmx8g.
setlocal
set "FNPRUNE_JAVA=java"
if defined JAVA_HOME set "FNPRUNE_JAVA=%JAVA_HOME%\bin\java.exe"
"%FNPRUNE_JAVA%" %FNPRUNE_OPTS% -jar "%~dp0..\fnprune.jar" %*
exit /b %ERRORLEVEL%
