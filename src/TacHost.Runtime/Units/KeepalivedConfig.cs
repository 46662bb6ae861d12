using TacHost.CommandLine;

namespace TacHost.Units;

/// <summary>The configuration of keepalived for a deployment that runs on two machines: an address that follows the healthy one.</summary>
/// <param name="deployed">The deployment.</param>
/// <param name="index">The position of the deployment in its fleet, which gives the virtual router an ID of its own.</param>
internal sealed class KeepalivedConfig(Deployed deployed, int index)
{
    private const int FirstRouter = 51, LastRouter = 255;

    private readonly string _name = $"tachost-{deployed.UnitName}";

    /// <summary>Returns the configuration.</summary>
    /// <exception cref="TacHostException">A path has a character that keepalived cannot read.</exception>
    public string Make() => $$"""
        # {{UnitText.EditableMark}}
        # keepalived moves an address, and starts nothing: an emperor or systemd keeps the deployment running on both machines.
        # Both machines can have the address at the same time: while one is suspended, while the network between them is cut,
        # and after a kill -9 of keepalived, whose machine keeps the address until an administrator removes it.
        # If two must never serve at once, use tachost cluster, or Pacemaker with fencing.

        global_defs {
            # keepalived runs a check as root only if no other user can change it.
            enable_script_security
        }

        vrrp_script {{_name}} {
            # Exits with 0 while the application and all of its services run.
            script "{{string.Join(' ', InstalledCommand.Words.Select(Word))}} status {{Word(deployed.File)}}"
            user root
            interval 2
            timeout 5
            fall 2
            rise 2
        }

        vrrp_instance {{_name}} {
            # The network interface of this machine.
            interface eth0
            # The same on both machines, and unique in their network.
            virtual_router_id {{FirstRouter + (index % (LastRouter - FirstRouter + 1))}}
            # Different on the two machines.
            priority 100
            state BACKUP
            nopreempt
            advert_int 1
            virtual_ipaddress {
                # The address of the deployment.
                192.0.2.1/24
            }
            track_script {
                {{_name}}
            }
        }

        """;

    /// <summary>Quotes a word of a command in a text in quotes, in which keepalived knows no escapes.</summary>
    private static string Word(string path) => path.IndexOfAny(['"', '\'', '\\']) < 0
        ? $"'{path}'"
        : throw new TacHostException(ExitCode.Usage, SingleLine.Escape($"keepalived cannot read the path '{path}', because it has a quote or a backslash. Rename it."));
}
