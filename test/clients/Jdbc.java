// As python.py, through JDBC.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;

public class Jdbc {
    public static void main(String[] arguments) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        try (Connection connection = DriverManager.getConnection(System.getenv("CRM_JDBC"), System.getenv("CRM_USER"), "");
             Statement statement = connection.createStatement()) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] name = line.split(" ");
                ResultSet rows = statement.executeQuery("SELECT * FROM \"" + name[0] + "\".\"" + name[1] + "\"");
                ResultSetMetaData about = rows.getMetaData();
                String[] seen = new String[about.getColumnCount()];
                while (rows.next())
                    for (int i = 0; i < seen.length; i++) {
                        Object value = rows.getObject(i + 1);
                        if (value != null && seen[i] == null) seen[i] = value.getClass().getSimpleName();
                    }
                for (int i = 0; i < seen.length; i++)
                    System.out.println("JDBC\t" + name[1] + "\t" + about.getColumnName(i + 1) + "\t" + (seen[i] == null ? "" : seen[i]));
            }
        }
    }
}
