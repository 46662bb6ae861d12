using System.Security;

namespace TacHost.Units;

/// <summary>The OCF resource agent of a deployment: a script, with which Pacemaker starts, stops and monitors a daemon.</summary>
internal sealed class OcfAgent(Deployed deployed)
{
    private const int MonitorSeconds = 30;

    private readonly string _name = deployed.UnitName;

    /// <summary>Gets the command line without the files that a parameter of the resource names.</summary>
    private string Words => string.Join(' ', deployed.Identity().Concat(deployed.Words(deployed.Options.Metrics)).Select(ShellText.Quote));

    private static string Command => string.Join(' ', InstalledCommand.Words.Select(ShellText.Quote));

    public string Make() => $$"""
        #!/bin/sh
        # {{UnitText.EditableMark}}
        # The resource agent ocf:tachost:{{_name}} of Pacemaker. It is /usr/lib/ocf/resource.d/tachost/{{_name}} on each node.
        # tachost, the tac file and the files that it reads have the same paths on each node.

        tac={{ShellText.Quote(deployed.File)}}
        pidfile=${OCF_RESKEY_pidfile:-{{PidFile}}}
        logfile=${OCF_RESKEY_logfile:-{{LogFile}}}

        tachost() {
            {{Command}} "$@"
        }

        # Exit codes of agents.
        success=0 failed=1 arguments=2 unknown=3 permission=4 missing=5 stopped=7

        # The command line decides, because the number in an old pid file may be that of another process, and a process without an answer still runs.
        runs() {
            pid=$(cat "$pidfile" 2>/dev/null) && [ -r "/proc/$pid/cmdline" ] &&
                tr '\0' '\n' 2>/dev/null <"/proc/$pid/cmdline" | grep -qxF -e "$pidfile"
        }

        monitor() {
            runs || return $stopped
            tachost status "$pidfile" >/dev/null 2>&1
            case $? in
                # 70: a service has failed. Its supervisor starts it again, or ends the process.
                0 | 70) return $success ;;
            esac
            runs || return $stopped
            echo "process $pid does not answer, or is starting or stopping" >&2
            return $failed
        }

        validate() {
            for file in {{Command}} "$tac"; do
                if [ ! -r "$file" ]; then
                    echo "there is no '$file' on this node" >&2
                    return $missing
                fi
            done
        }

        start() {
            validate || return
            monitor
            now=$?
            [ $now = $stopped ] || return $now
            tachost --pidfile "$pidfile" --logfile "$logfile" {{Words}}
            case $? in
                0) return $success ;;
                64) return $arguments ;;
                # The tac file does not compile or cannot be read, or there is no such user: another node may have what is needed.
                65 | 66 | 67) return $missing ;;
                77) return $permission ;;
                *) return $failed ;;
            esac
        }

        stop() {
            runs || return $success
            tachost stop "$pidfile"
            while runs; do
                kill -KILL "$pid"
                sleep 1
            done
            return $success
        }

        metadata() {
            cat <<'END'
        <?xml version="1.0"?>
        <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
        <resource-agent name="{{SecurityElement.Escape(_name)}}" version="1.0">
        <version>1.0</version>
        <longdesc lang="en">Runs the tac file {{SecurityElement.Escape(deployed.File)}} as a daemon of tachost.</longdesc>
        <shortdesc lang="en">The application {{SecurityElement.Escape(deployed.Root.Name)}}</shortdesc>
        <parameters>
        {{Parameter("pidfile", "The pid file.", PidFile)}}
        {{Parameter("logfile", "The log file.", LogFile)}}
        </parameters>
        <actions>
        <action name="start" timeout="{{deployed.StartSeconds}}s"/>
        <action name="stop" timeout="{{deployed.StopSeconds}}s"/>
        <action name="monitor" timeout="{{MonitorSeconds}}s" interval="10s" depth="0"/>
        <action name="meta-data" timeout="5s"/>
        <action name="validate-all" timeout="5s"/>
        </actions>
        </resource-agent>
        END
        }

        case $1 in
            start) start ;;
            stop) stop ;;
            monitor) monitor ;;
            validate-all) validate ;;
            meta-data) metadata ;;
            *)
                echo "usage: $0 start|stop|monitor|validate-all|meta-data" >&2
                exit $unknown
                ;;
        esac

        """;

    private string PidFile => $"/run/tachost-{_name}.pid";

    private string LogFile => $"/var/log/tachost-{_name}.log";

    private static string Parameter(string name, string description, string standard) => $"""
        <parameter name="{name}" unique="1">
        <longdesc lang="en">{description}</longdesc>
        <shortdesc lang="en">{description}</shortdesc>
        <content type="string" default="{SecurityElement.Escape(standard)}"/>
        </parameter>
        """;
}
