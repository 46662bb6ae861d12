namespace TacHost.Bench.Servers;

/// <summary>Configurations of nginx, written into the directory of one start.</summary>
internal static class NginxFiles
{
    /// <summary>A poem and a log line for each connection, written at once as is nginx's default.</summary>
    public static string Stream(ServerSetup setup, string module) => Stream(setup, module, "");

    /// <summary>The same with the lines collected for as long as tachost collects them.</summary>
    public static string BufferedStream(ServerSetup setup, string module) => Stream(setup, module, " buffer=64k flush=50ms");

    /// <summary>A file over HTTP, for what 'return' is not made for.</summary>
    public static string Http(ServerSetup setup) => Write(setup, "", $$"""
        http {
            access_log access.log;
            sendfile on;
            server {
                listen 127.0.0.1:{{setup.Port}};
                location / { root {{Path.GetDirectoryName(setup.PoemFile)}}; }
            }
        }
        """);

    private static string Stream(ServerSetup setup, string module, string buffering) => Write(setup, $"load_module {module};", $$"""
        stream {
            log_format poem '$time_iso8601 [nginx] sending $bytes_sent bytes of poetry to $remote_addr:$remote_port';
            access_log access.log poem{{buffering}};
            server {
                listen 127.0.0.1:{{setup.Port}};
                return "{{Quoted(File.ReadAllText(setup.PoemFile))}}";
            }
        }
        """);

    private static string Write(ServerSetup setup, string head, string body)
    {
        var path = setup.InDirectory("nginx.conf");
        File.WriteAllText(path, $$"""
            {{head}}
            daemon off;
            master_process off;
            worker_processes 1;
            pid nginx.pid;
            error_log error.log;
            events { worker_connections 4096; }
            {{body}}

            """);
        return path;
    }

    private static string Quoted(string poem)
    {
        if (poem.Contains('$', StringComparison.Ordinal))
            throw new InvalidOperationException("The poem has a '$' in it, which nginx would take for a variable.");
        return poem.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
    }
}
